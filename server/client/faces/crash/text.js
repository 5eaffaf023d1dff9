/** Every text of crash. */

import { inChips, multiplier } from "../../format.js";

export const text = {
  title: "Crash",
  auto: "Cash out by itself at",
  autoNone: "off",
  autoBad: "From 1.01 to 1,000,000, at most two decimals; or empty.",
  crashed: "Crashed",
  crashedNext: (/** @type {string} */ seconds) => `Crashed. Next round in ${seconds} s`,
  starting: "Place your bets",
  about: "About to start",
  waiting: "Waiting for the next round",
  running: "Climbing",
  stalled: "Waiting for the server…",
  picture: "The curve of the multiplier",
  saidBetting: "Bets are open.",
  saidRunning: "The multiplier climbs.",
  saidEnded: (/** @type {number} */ point) => `Crashed at ${multiplier(point)}.`,
  cashedAt: (/** @type {number} */ value, /** @type {number} */ payout) =>
    `Cashed out at ${multiplier(value)}: ${inChips(payout)}.`,
  autoAt: (/** @type {number} */ value) => `out at ${multiplier(value)}`,
  cashOutBet: (/** @type {number} */ cents) => `Cash out the bet of ${inChips(cents)}`,
};
