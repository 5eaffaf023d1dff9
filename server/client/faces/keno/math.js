/** The numbers of keno: draws and payouts. Pure. */

export const NUMBERS = 40;
export const DRAWN = 10;
export const MOST_PICKS = 10;

/** @typedef {"low" | "medium" | "high"} Risk */

/** @type {Risk[]} */
export const RISKS = ["low", "medium", "high"];

/** Payouts in ten-thousandths by risk, picks minus one, and hits. @type {Record<Risk, number[][]>} */
export const PAYTABLES = {
  low: [
    [7000, 18_600],
    [0, 19_500, 41_600],
    [0, 8000, 24_000, 255_100],
    [0, 6500, 13_500, 67_504, 636_114],
    [0, 5700, 9500, 32_200, 180_102, 1_591_514],
    [0, 0, 14_000, 23_000, 71_000, 333_000, 2_504_200],
    [0, 0, 11_500, 17_000, 41_200, 137_500, 668_101, 4_244_022],
    [0, 0, 10_000, 13_500, 28_000, 74_000, 247_000, 1_003_000, 6_030_700],
    [0, 0, 9000, 11_500, 20_200, 47_100, 127_000, 434_700, 1_699_400, 8_480_400],
    [0, 0, 8400, 10_100, 16_000, 32_200, 77_000, 212_300, 679_200, 2_439_800, 10_600_800],
  ],
  medium: [
    [4000, 27_600],
    [0, 10_500, 101_600],
    [0, 2001, 21_001, 506_302],
    [0, 0, 18_000, 95_003, 1_001_905],
    [0, 0, 10_000, 40_000, 292_000, 3_014_600],
    [0, 0, 7500, 23_000, 116_000, 752_001, 6_016_414],
    [0, 0, 0, 25_000, 71_000, 284_000, 1_506_000, 10_014_700],
    [0, 0, 0, 18_000, 43_000, 140_000, 574_000, 2_702_000, 15_052_700],
    [0, 0, 0, 14_000, 29_000, 81_000, 262_000, 1_012_000, 4_328_000, 20_011_200],
    [0, 0, 0, 11_000, 21_000, 54_000, 150_000, 505_000, 1_806_000, 7_126_000, 30_079_200],
  ],
  high: [
    [0, 39_600],
    [0, 0, 171_600],
    [0, 0, 0, 815_100],
    [0, 0, 0, 76_001, 3_005_511],
    [0, 0, 0, 45_000, 461_003, 5_003_810],
    [0, 0, 0, 20_500, 163_000, 1_402_000, 12_015_200],
    [0, 0, 0, 0, 103_000, 631_000, 3_902_000, 25_005_200],
    [0, 0, 0, 0, 55_000, 281_000, 1_403_000, 7_602_000, 40_014_700],
    [0, 0, 0, 0, 32_000, 143_000, 680_000, 3_112_000, 14_017_000, 70_066_200],
    [0, 0, 0, 0, 20_000, 87_000, 342_000, 1_405_000, 5_805_000, 24_022_000, 100_108_200],
  ],
};

/** The payouts by number of hits, in ten-thousandths. @param {Risk} risk @param {number} picks 1 or more */
export const tableOf = (risk, picks) => PAYTABLES[risk][picks - 1];

/**
 * The drawn numbers in order. Each draw removes one from the list of all numbers.
 * @param {number[]} draws
 */
export function drawnBy(draws) {
  const left = Array.from({ length: NUMBERS }, (_, n) => n + 1);
  return draws.slice(0, DRAWN).map((draw) => left.splice(Math.floor(draw * left.length), 1)[0]);
}

/** @param {readonly number[]} picks @param {readonly number[]} drawn */
export const hitsOf = (picks, drawn) => picks.filter((number) => drawn.includes(number)).length;

/** Distinct random numbers, sorted. @param {number} count @param {() => number} [random] */
export function quickPick(count, random = Math.random) {
  const left = Array.from({ length: NUMBERS }, (_, n) => n + 1);
  const picked = Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0]);
  return picked.sort((a, b) => a - b);
}
