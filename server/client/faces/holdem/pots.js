/** The chips of a hold'em hand: what there is to win, and what a raise can be. Amounts are in cents. */

/** @typedef {import("./table.js").SeatView} SeatView */
/** @typedef {import("./table.js").Pot} Pot */
/** @typedef {{minimum: number, maximum: number}} Bounds of what a seat will have before it on this street */

const IN_HAND = new Set(["preflop", "flop", "turn", "river"]);

/** Cards are out and somebody may still have to act. @param {Record<string, any>} view */
export const isPlaying = (view) => IN_HAND.has(view.phase);

/** All that is in the middle and before the seats, in cents. @param {Record<string, any>} view */
export function potOf({ pots = [], seats = [] }) {
  const inPots = pots.reduce((/** @type {number} */ sum, /** @type {Pot} */ pot) => sum + pot.amount, 0);
  return seats.reduce((/** @type {number} */ sum, /** @type {SeatView} */ seat) => sum + seat.staked, inPots);
}

/** @param {number} amount @param {Bounds} bounds */
const within = (amount, { minimum, maximum }) => Math.min(Math.max(amount, minimum), maximum);

/**
 * Where a slider stands: on whole steps, but for its two ends.
 * @param {number} amount @param {Bounds} bounds @param {number} step
 */
export function snapped(amount, bounds, step) {
  return amount >= bounds.maximum ? bounds.maximum : within(Math.round(amount / step) * step, bounds);
}

/**
 * The usual raises: the smallest, half the pot, the pot, all-in. The pot counts as it is after a call.
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

/** Has nobody bet on this street? Then a raise is called a bet. @param {Record<string, any>} view */
export const isOpening = (view) => view.seats.every((/** @type {SeatView} */ seat) => seat.staked === 0);
