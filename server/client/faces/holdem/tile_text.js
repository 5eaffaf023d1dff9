/** The texts of hold'em that cards and lists need. */

import { chips } from "../../format.js";

export const tileText = {
  title: "Texas hold’em",
  /** @type {Record<string, string>} */
  streets: {
    preflop: "Preflop",
    flop: "Flop",
    turn: "Turn",
    river: "River",
    settling: "Hand over",
    ended: "Hand over",
  },

  // ---- past hands in short ----
  fold: "No showdown",
  none: "–",

  // ---- the lobby's card ----
  open: "Open",
  waiting: "A hand begins with two players",
  starts: "Until the next hand",
  pot: (/** @type {number} */ cents) => `Pot ${chips(cents)}`,
};
