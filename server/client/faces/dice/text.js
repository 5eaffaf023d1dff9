/** Every text of dice. */

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
  slider: "Target of the roll",
  waiting: "Your roll will show here",
  targetBad: (/** @type {string} */ from, /** @type {string} */ to) => `From ${from} to ${to}.`,
  chanceBad: "From 0.01 to 99 %.",
  multiplierBad: "Above 1, up to 9,900.",
  rolled: (/** @type {number} */ roll) => `Rolled ${roll.toFixed(2)}.`,
  keys: { less: "Lower the target", more: "Raise the target", over: "Win over", under: "Win under" },
};
