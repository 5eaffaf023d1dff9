/** The texts of dice. */

export const text = {
  title: "Dice",
  roll: "Roll",
  rolling: "Rolling…",
  over: "Over",
  under: "Under",
  side: "Win when the roll is",
  target: "Target",
  chance: "Win chance",
  multiplier: "Multiplier",
  pays: "A win pays",
  slider: "Roll target",
  waiting: "Your roll will appear here",
  targetBad: (/** @type {string} */ from, /** @type {string} */ to) => `Enter ${from} to ${to}.`,
  chanceBad: "Enter 0.01 to 99 %.",
  multiplierBad: "Enter a number above 1, up to 9,900.",
  rolled: (/** @type {number} */ roll) => `Rolled ${roll.toFixed(2)}.`,
  keys: { less: "Lower the target", more: "Raise the target", over: "Win on over", under: "Win on under" },
};
