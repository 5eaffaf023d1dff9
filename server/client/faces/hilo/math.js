/** Hi-Lo in whole numbers: ranks from the ace, ten-thousandths of the stake. Nothing here draws or asks. */

import { RANKS } from "../deck.js";

export const MOST_CARDS = 52;
/** A bet that is worth so much, in ten-thousandths of its stake, is cashed out by itself. */
export const ENOUGH = 100_000_000;
export const TOP = 13;

/** Ace 1, 2 … 10, jack 11, queen 12, king 13. @param {string} card */
export const rankOf = (card) => ((RANKS.indexOf(card[1]) + 1) % TOP) + 1;

/** How many of the 13 ranks make a guess on `rank` right. @param {number} rank @param {boolean} higher */
export const ranksThatWin = (rank, higher) => (higher ? TOP + 1 - rank : rank);

/** Is a guess on the one card right with the other? @param {string} card @param {string} next @param {boolean} higher */
export const isRight = (card, next, higher) => (higher ? rankOf(next) >= rankOf(card) : rankOf(next) <= rankOf(card));

/**
 * What a bet is worth after right guesses, in ten-thousandths of the stake, rounded down once; before the first one it
 * comes back.
 * @param {number[]} guesses of each: how many ranks made it right
 */
export function multiplierAfter(guesses) {
  if (guesses.length === 0) return 10_000;
  const wins = guesses.reduce((product, wins) => product * BigInt(wins), 1n);
  return Number((9_900n * BigInt(TOP) ** BigInt(guesses.length)) / wins);
}
