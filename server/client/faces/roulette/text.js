/** The texts of roulette. */

import { chips, inChips } from "../../format.js";
import { count } from "../../text.js";

export const text = {
  title: "Roulette",
  results: "Last numbers",
  pocket: (/** @type {number} */ number, /** @type {"red" | "black" | "green"} */ colour) =>
    number === 0 ? "0" : `${number} ${text.colours[colour]}`,
  colours: { red: "red", black: "black", green: "zero" },

  // ---- the lobby tile and the wheel ----
  closes: (/** @type {string} */ left) => `Bets close in ${left}`,
  untilClosed: "until bets close",
  rolls: "Rolling",
  over: "Round over",
  place: "Place your bets",
  closed: "No more bets",
  waiting: "Waiting for the next round",
  wheel: (/** @type {string} */ pocket) => `The wheel. The ball is in ${pocket}.`,
  wheelRuns: "The wheel. The ball is rolling.",
  wheelEmpty: "The wheel.",
  saidRuns: "No more bets. The ball is rolling.",
  saidPocket: (/** @type {string} */ pocket) => `${pocket}.`,

  // ---- the felt ----
  felt: "The table. Use the arrow keys to move over all bets, including the lines between numbers.",
  columns: "2:1",
  dozens: ["1st 12", "2nd 12", "3rd 12"],
  /** Labels on the felt. @type {Record<string, string>} */
  evenChances: { low: "1–18", even: "Even", red: "Red", black: "Black", odd: "Odd", high: "19–36" },
  /** Names of the kinds of bets. @type {Record<string, string>} */
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
  laid: (/** @type {number} */ cents) => `${inChips(cents)} not placed yet`,
  placed: (/** @type {number} */ cents) => `you placed ${inChips(cents)}`,
  others: (/** @type {number} */ cents) => `others placed ${inChips(cents)}`,
  lies: (/** @type {string} */ place, /** @type {number} */ cents) => `${inChips(cents)} on ${place}.`,

  // ---- the panel ----
  plusMinus: "±2",
  neighbours: "neighbours",
  neighboursHint: "Also bet on the two neighbours on each side of the number on the wheel",
  undo: "Undo",
  clear: "Clear",
  repeat: "Repeat",
  empty: "Put chips on the table",
  placeBets: (/** @type {number} */ n, /** @type {number} */ cents) => `Place ${count(n, "bet")}: ${chips(cents)}`,
  placing: (/** @type {number} */ n) => `Placing… ${n} to go`,
  shut: "Bets are closed",
  wait: "Bets open in the next round",
  yours: (/** @type {number} */ n, /** @type {number} */ cents) => `Your bets: ${n}, ${inChips(cents)}`,
  toPlace: "to place",
  inPlay: "placed",
  tooMany: (/** @type {number} */ most) => `At most ${most} bets per round.`,
  tooMuch: (/** @type {number} */ cents) => `A bet can be ${inChips(cents)} at most.`,
  tooPoor: (/** @type {number} */ cents) =>
    `You have ${inChips(cents)} available, and the chips on the table are worth more.`,
  keys: {
    move: "Move on the table",
    lay: "Put down a chip",
    place: "Place the bets",
    undo: "Undo the last chip",
    clear: "Remove all unplaced chips",
    repeat: "Repeat the last bets",
    neighbours: "Turn neighbours on or off",
  },
};
