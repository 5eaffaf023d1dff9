/** The texts of limbo. */

import { multiplier } from "../../format.js";

export const text = {
  title: "Limbo",

  // ---- the face ----
  waiting: "The point will appear here",
  drawn: (/** @type {number} */ point) => `The point is ${multiplier(point)}.`,
  slider: "Target",
  aims: (/** @type {number} */ target) => `at least ${multiplier(target)}`,
  target: "Target",
  targetBad: "Enter 1.01 to 1,000,000 with at most two decimals.",
  chance: "Win chance",
  chanceBad: "Enter 0.000099 to 98.02 %.",

  // ---- the panel ----
  pays: "A win pays",
  bet: "Bet",
  drawing: "Drawing…",

  keys: { less: "Lower the target", more: "Raise the target" },
};
