/** Mines in whole numbers: cells, ten-thousandths of the stake. Nothing here draws or asks. */

export const CELLS = 25;
export const SIDE = 5;
export const MOST_MINES = CELLS - 1;

/** How many ways there are to choose `k` of `n`; exact. @param {number} n @param {number} k */
export function choose(n, k) {
  let ways = 1n;
  for (let i = 1n; i <= BigInt(k); i += 1n) ways = (ways * (BigInt(n) - BigInt(k) + i)) / i;
  return ways;
}

/**
 * What a bet is worth after so many safe cells, in ten-thousandths of the stake; before the first one it comes back.
 * @param {number} mines
 * @param {number} reveals at most 25 − mines
 */
export function multiplierAfter(mines, reveals) {
  if (reveals === 0) return 10_000;
  return Number((9_900n * choose(CELLS, reveals)) / choose(CELLS - mines, reveals));
}

/** The chance that the next cell is safe, 0 … 1. @param {number} mines @param {number} reveals */
export const chanceOfNext = (mines, reveals) => (CELLS - mines - reveals) / (CELLS - reveals);

/**
 * The mined cells, in drawing order: each taken out of those that are left.
 * @param {number[]} draws
 * @param {number} mines
 */
export function minesOf(draws, mines) {
  const left = Array.from({ length: CELLS }, (_, cell) => cell);
  return draws.slice(0, mines).map((draw) => left.splice(Math.floor(draw * left.length), 1)[0]);
}
