/** Every text of mines, beside the few of its card. */

import { inChips } from "../../format.js";
import { countOfMines as mines } from "./tile_text.js";

const exact = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** A multiplier to all its places, at least two: `1.125×`. @param {number} value */
export const times = (value) => `${exact.format(value)}×`;

/** @param {number} cell */
const place = (cell) => `Row ${Math.floor(cell / 5) + 1}, column ${(cell % 5) + 1}`;

export const text = {
  // ---- the board ----
  board: "The board",
  cell: (/** @type {number} */ cell, /** @type {string} */ state) => `${place(cell)}: ${text.states[state]}`,
  states: /** @type {Record<string, string>} */ ({
    covered: "covered",
    pending: "being uncovered",
    safe: "safe",
    mine: "mined",
    hit: "mined, and hit",
    left: "safe, not uncovered",
  }),
  worth: "Worth",
  next: "Next safe cell",
  chance: (/** @type {number} */ chance) => `${(100 * chance).toFixed(1)} %`,
  start: "Choose how many cells are mined, then bet.",
  watching: "The next board is laid with the next bet.",
  saidLaid: (/** @type {number} */ n) => `${mines(n)} laid. Uncover a cell.`,
  saidSafe: (/** @type {number} */ cell, /** @type {number} */ value) =>
    `${place(cell)} is safe. Worth ${times(value)}.`,
  saidHit: (/** @type {number} */ cell) => `${place(cell)} is mined.`,
  lost: "A mine: the bet is lost",

  // ---- the panel ----
  mines: "Mines",
  more: "One mine more",
  fewer: "One mine less",
  minesBad: "From 1 to 24.",
  place: "Place bet",
  placing: "Placing…",
  yours: (/** @type {number} */ cents, /** @type {number} */ n) => `${inChips(cents)} on a board with ${mines(n)}`,
  uncover: "Uncover a cell, or take what the bet is worth.",
  cashOut: "Cash out",
  takeBack: "Take the stake back",
  cashing: "Cashing out…",

  keys: {
    left: "One cell to the left",
    right: "One cell to the right",
    up: "One cell up",
    down: "One cell down",
    reveal: "Uncover the cell",
    cashOut: "Cash out",
    more: "One mine more",
    fewer: "One mine less",
  },

  /** Why a journal can't be what happened. */
  against: {
    noBet: "there is no bet.",
    early: "a cell was uncovered before the bet.",
    secondBet: "there is a second bet.",
    mines: (/** @type {unknown} */ n) => `a board can’t have ${n} mines.`,
    cell: (/** @type {unknown} */ cell) => `there is no cell ${cell}.`,
    twice: (/** @type {number} */ cell) => `cell ${cell} was uncovered twice.`,
    unknown: (/** @type {unknown} */ action) => `there is no move “${action}”.`,
    over: "something was done after the end.",
    open: "the round has no end.",
  },
};
