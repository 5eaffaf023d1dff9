/** The texts of mines, except those in tile_text.js. */

import { inChips } from "../../format.js";
import { countOfMines as mines } from "./tile_text.js";

const exact = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** A multiplier with two to four decimals: `1.125×`. @param {number} value */
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
    hit: "mined and hit",
    left: "safe, not uncovered",
  }),
  worth: "Worth",
  next: "Next safe cell",
  chance: (/** @type {number} */ chance) => `${(100 * chance).toFixed(1)} %`,
  start: "Choose the number of mines, then bet.",
  watching: "The next bet deals a new board.",
  saidLaid: (/** @type {number} */ n) => `${mines(n)} on the board. Uncover a cell.`,
  saidSafe: (/** @type {number} */ cell, /** @type {number} */ value) =>
    `${place(cell)} is safe. Worth ${times(value)}.`,
  saidHit: (/** @type {number} */ cell) => `${place(cell)} is mined.`,
  lost: "You hit a mine. The bet is lost",

  // ---- the panel ----
  mines: "Mines",
  more: "One more mine",
  fewer: "One fewer mine",
  minesBad: "Enter a number from 1 to 24.",
  place: "Place bet",
  placing: "Placing…",
  yours: (/** @type {number} */ cents, /** @type {number} */ n) => `${inChips(cents)} on a board with ${mines(n)}`,
  uncover: "Uncover a cell or cash out.",
  cashOut: "Cash out",
  takeBack: "Take stake back",
  cashing: "Cashing out…",

  keys: {
    left: "Move left",
    right: "Move right",
    up: "Move up",
    down: "Move down",
    reveal: "Uncover the cell",
    cashOut: "Cash out",
    more: "One more mine",
    fewer: "One fewer mine",
  },
};
