/** Payouts as the server computes them: cents times an integer multiplier, rounded down once. */

export const HUNDREDTHS = 100;
export const TEN_THOUSANDTHS = 10_000;

/**
 * The payout in cents, exact.
 * @param {number} stake cents
 * @param {number} multiplier
 * @param {number} unit the multiplier that pays the stake once
 */
export const payoutOf = (stake, multiplier, unit) => Number((BigInt(stake) * BigInt(multiplier)) / BigInt(unit));
