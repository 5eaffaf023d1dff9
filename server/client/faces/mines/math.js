/** The numbers of mines: cells, and multipliers in ten-thousandths. Pure. */

export const CELLS = 25;
export const SIDE = 5;
export const MOST_MINES = CELLS - 1;

/** The binomial coefficient `n` over `k`; exact. @param {number} n @param {number} k */
export function choose(n, k) {
  let ways = 1n;
  for (let i = 1n; i <= BigInt(k); i += 1n) ways = (ways * (BigInt(n) - BigInt(k) + i)) / i;
  return ways;
}

/**
 * The multiplier after `reveals` safe cells in ten-thousandths; before the first one, the stake itself.
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
 * The mined cells in drawing order. Each draw removes a cell from the remaining ones.
 * @param {number[]} draws
 * @param {number} mines
 */
export function minesOf(draws, mines) {
  const left = Array.from({ length: CELLS }, (_, cell) => cell);
  return draws.slice(0, mines).map((draw) => left.splice(Math.floor(draw * left.length), 1)[0]);
}
