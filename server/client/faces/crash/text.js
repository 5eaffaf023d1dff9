/** The texts of crash. */

import { inChips, multiplier } from "../../format.js";

export const text = {
  title: "Crash",
  results: "Crashed at",
  auto: "Auto cash-out at",
  autoNone: "off",
  autoBad: "Enter 1.01 to 1,000,000 with at most two decimals, or nothing.",
  crashed: "Crashed",
  crashedNext: (/** @type {string} */ seconds) => `Crashed. Next round in ${seconds} s`,
  starting: "Place your bets",
  about: "Starting",
  waiting: "Waiting for the next round",
  running: "Climbing",
  stalled: "Waiting for the server…",
  picture: "Multiplier curve",
  saidBetting: "Bets are open.",
  saidRunning: "The multiplier is climbing.",
  saidEnded: (/** @type {number} */ point) => `Crashed at ${multiplier(point)}.`,
  tooLate: (/** @type {number} */ point) => `Too late: it crashed at ${multiplier(point)}.`,
  cashedAt: (/** @type {number} */ value, /** @type {number} */ payout) =>
    `Cashed out at ${multiplier(value)}: ${inChips(payout)}.`,
  autoAt: (/** @type {number} */ value) => `auto at ${multiplier(value)}`,
  cashOutBet: (/** @type {number} */ cents) => `Cash out the bet of ${inChips(cents)}`,
};
