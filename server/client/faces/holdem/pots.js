/** The pots of a hold'em hand and the bounds of a raise, in cents. */

/** @typedef {import("./table.js").SeatView} SeatView */
/** @typedef {import("./table.js").Pot} Pot */
/** @typedef {{minimum: number, maximum: number}} Bounds of what a seat will have before it on this street */

const IN_HAND = new Set(["preflop", "flop", "turn", "river"]);

/** True while cards are dealt and someone may still have to act. @param {Record<string, any>} view */
export const isPlaying = (view) => IN_HAND.has(view.phase);

/** All pots and staked chips, in cents. @param {Record<string, any>} view */
export function potOf({ pots = [], seats = [] }) {
  const inPots = pots.reduce((/** @type {number} */ sum, /** @type {Pot} */ pot) => sum + pot.amount, 0);
  return seats.reduce((/** @type {number} */ sum, /** @type {SeatView} */ seat) => sum + seat.staked, inPots);
}

/** @param {number} amount @param {Bounds} bounds */
const within = (amount, { minimum, maximum }) => Math.min(Math.max(amount, minimum), maximum);

/**
 * The amount of a slider position: a multiple of `step`, except at the two ends.
 * @param {number} amount @param {Bounds} bounds @param {number} step
 */
export function snapped(amount, bounds, step) {
  return amount >= bounds.maximum ? bounds.maximum : within(Math.round(amount / step) * step, bounds);
}

/**
 * The usual raises: minimum, half the pot, the pot, all-in. The pot includes the call.
 * @param {Record<string, any>} view
 * @param {Bounds} bounds
 * @returns {{min: number, half: number, pot: number, all: number}}
 */
export function presetsOf(view, bounds) {
  const highest = Math.max(0, ...view.seats.map((/** @type {SeatView} */ seat) => seat.staked));
  const after = potOf(view) + (view.turn?.to_call ?? 0);
  const raise = (/** @type {number} */ part) => within(highest + Math.floor(after * part), bounds);
  return { min: bounds.minimum, half: raise(0.5), pot: raise(1), all: bounds.maximum };
}

/** True if there is no bet on this street yet. A raise is then called a bet. @param {Record<string, any>} view */
export const isOpening = (view) => view.seats.every((/** @type {SeatView} */ seat) => seat.staked === 0);
