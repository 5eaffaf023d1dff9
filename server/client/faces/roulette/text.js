/** Every text of roulette. */

import { chips, inChips } from "../../format.js";
import { count } from "../../text.js";

export const text = {
  title: "Roulette",
  pocket: (/** @type {number} */ number, /** @type {"red" | "black" | "green"} */ colour) =>
    number === 0 ? "0" : `${number} ${text.colours[colour]}`,
  colours: { red: "red", black: "black", green: "zero" },

  // ---- the card in the lobby, the wheel ----
  closes: (/** @type {string} */ left) => `Bets close in ${left}`,
  place: "Place your bets",
  closed: "No more bets",
  runs: "No more bets, the ball runs",
  waiting: "Waiting for the next round",
  wheel: (/** @type {string} */ pocket) => `The wheel. The ball lies in ${pocket}.`,
  wheelRuns: "The wheel. The ball runs.",
  wheelEmpty: "The wheel.",
  saidRuns: "No more bets. The ball runs.",
  saidPocket: (/** @type {string} */ pocket) => `${pocket}.`,

  // ---- the felt ----
  felt: "The table. Arrow keys lead over all places, the lines between the numbers too.",
  columns: "2:1",
  dozens: ["1st 12", "2nd 12", "3rd 12"],
  /** Written on their fields. @type {Record<string, string>} */
  evenChances: { low: "1–18", even: "Even", red: "Red", black: "Black", odd: "Odd", high: "19–36" },
  /** Said of a place. @type {Record<string, string>} */
  kinds: {
    straight: "Straight",
    split: "Split",
    street: "Street",
    corner: "Corner",
    line: "Line",
    dozen: "Dozen",
    column: "Column",
    low: "Low, 1–18",
    even: "Even",
    red: "Red",
    black: "Black",
    odd: "Odd",
    high: "High, 19–36",
  },
  range: (/** @type {number} */ from, /** @type {number} */ to) => `${from} to ${to}`,
  pays: (/** @type {number} */ toOne) => `pays ${toOne} to 1`,
  laid: (/** @type {number} */ cents) => `${inChips(cents)} laid, not placed`,
  placed: (/** @type {number} */ cents) => `${inChips(cents)} of yours placed`,
  others: (/** @type {number} */ cents) => `${inChips(cents)} of others`,
  lies: (/** @type {string} */ place, /** @type {number} */ cents) => `${inChips(cents)} on ${place}.`,

  // ---- the panel ----
  plusMinus: "±2",
  neighbours: "neighbours",
  neighboursHint: "A number is bet on with its two neighbours on either side of the wheel",
  undo: "Undo",
  clear: "Clear",
  repeat: "Repeat",
  empty: "Lay chips on the table",
  placeBets: (/** @type {number} */ n, /** @type {number} */ cents) => `Place ${count(n, "bet")}: ${chips(cents)}`,
  placing: (/** @type {number} */ n) => `Placing… ${n} to go`,
  shut: "Bets are closed",
  wait: "Bets open with the next round",
  yours: (/** @type {number} */ n, /** @type {number} */ cents) => `Your bets: ${n}, ${inChips(cents)}`,
  toPlace: "to place",
  inPlay: "placed",
  tooMany: (/** @type {number} */ most) => `At most ${most} bets a round.`,
  tooMuch: (/** @type {number} */ cents) => `One bet may be ${inChips(cents)} at most.`,
  tooPoor: (/** @type {number} */ cents) =>
    `You have ${inChips(cents)} available, and chips for more lie on the table.`,
  keys: {
    move: "Move over the table",
    lay: "Lay a chip",
    place: "Place the bets, from anywhere",
    undo: "Undo the last chip",
    clear: "Take all unplaced chips back",
    repeat: "Lay the last bets again",
    neighbours: "Neighbours on or off",
  },

  // ---- a proof that does not hold ----
  against: {
    moves: "roulette has no moves but the bet",
    late: (/** @type {number} */ n) => `bet ${n} came after the close`,
    tooMany: (/** @type {number} */ n) => `bet ${n} is one too many of its player`,
    noPlace: (/** @type {number} */ n) => `bet ${n} lies on no place of the layout`,
  },
};
