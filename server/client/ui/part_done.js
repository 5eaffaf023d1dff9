/**
 * How much of an animation is over, from 0 to 1. Pure.
 *
 * The time of a frame is that of its start, which can lie before the moment at which the animation was asked for.
 * @param {number} now ms @param {number} start ms @param {number} length ms
 */
export const partDone = (now, start, length) => Math.min(1, Math.max(0, (now - start) / length));
