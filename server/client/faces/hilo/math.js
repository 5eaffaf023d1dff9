/** The numbers of hi-lo: ranks from the ace, multipliers in ten-thousandths. Pure. */

import { RANKS } from "../deck.js";

export const MOST_CARDS = 52;
/** At this multiplier, in ten-thousandths, a bet cashes out automatically. */
export const ENOUGH = 100_000_000;
export const TOP = 13;

/** Ace 1, 2 … 10, jack 11, queen 12, king 13. @param {string} card */
export const rankOf = (card) => ((RANKS.indexOf(card[1]) + 1) % TOP) + 1;

/** How many of the 13 ranks win a guess on `rank`. @param {number} rank @param {boolean} higher */
export const ranksThatWin = (rank, higher) => (higher ? TOP + 1 - rank : rank);

/** True if a guess on `card` wins with `next`. @param {string} card @param {string} next @param {boolean} higher */
export const isRight = (card, next, higher) => (higher ? rankOf(next) >= rankOf(card) : rankOf(next) <= rankOf(card));

/**
 * The multiplier after right guesses in ten-thousandths, rounded down once; before the first guess, the stake itself.
 * @param {number[]} guesses for each guess, how many ranks would have won
 */
export function multiplierAfter(guesses) {
  if (guesses.length === 0) return 10_000;
  const wins = guesses.reduce((product, wins) => product * BigInt(wins), 1n);
  return Number((9_900n * BigInt(TOP) ** BigInt(guesses.length)) / wins);
}
