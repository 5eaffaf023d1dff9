/** The texts of hold'em for lobby tiles and lists. */

import { chips } from "../../format.js";

export const tileText = {
  title: "Texas hold’em",
  results: "Winning hands",
  /** @type {Record<string, string>} */
  streets: {
    preflop: "Preflop",
    flop: "Flop",
    turn: "Turn",
    river: "River",
    showdown: "Showdown",
    settling: "Hand over",
    ended: "Hand over",
  },

  // ---- past hands in short ----
  fold: "No showdown",
  none: "–",

  // ---- the lobby tile ----
  open: "Waiting",
  waiting: "A hand starts with two players",
  starts: "until the next hand",
  pot: (/** @type {number} */ cents) => `Pot ${chips(cents)}`,
};
