/** What a bet pays, as the server counts it: whole cents times a whole multiplier, rounded down once. */

export const HUNDREDTHS = 100;
export const TEN_THOUSANDTHS = 10_000;

/**
 * Exact, in integers.
 * @param {number} stake cents
 * @param {number} multiplier
 * @param {number} unit so many of which are once the stake
 */
export const payoutOf = (stake, multiplier, unit) => Number((BigInt(stake) * BigInt(multiplier)) / BigInt(unit));
