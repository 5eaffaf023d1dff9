/** The texts of plinko. */

export const text = {
  title: "Plinko",

  // ---- the face ----
  board: (/** @type {number} */ rows) => `A ball falls through ${rows} rows of pegs`,
  slots: "What the slots pay, as multiples of the stake, from left to right",
  pays: (/** @type {string} */ multiplier) => `${multiplier}×`,
  landed: (/** @type {number} */ slot, /** @type {string} */ multiplier) =>
    `Slot ${slot}: ${multiplier} times the stake.`,
  landedBefore: (/** @type {number} */ slot, /** @type {number} */ rows) =>
    `The last ball landed in slot ${slot} (of 0 to ${rows}).`,
  slot: (/** @type {number} */ slot) => `Slot ${slot}`,

  // ---- the panel ----
  risk: "Risk",
  risks: { low: "Low", medium: "Medium", high: "High" },
  rows: "Rows",
  drop: "Drop",
  dropping: "Dropping…",

  keys: { fewer: "Fewer rows", more: "More rows", lower: "Lower risk", higher: "Higher risk" },
};
