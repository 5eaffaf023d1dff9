/** The payouts of the slots in hundredths. Each table returns exactly 99 %. */

export const FEWEST_ROWS = 8;
export const MOST_ROWS = 16;
/** @typedef {"low" | "medium" | "high"} Risk */
/** @type {Risk[]} */
export const RISKS = ["low", "medium", "high"];

/** From the edge to the middle for 8, 9 … 16 rows; the other half mirrors it. @type {Record<Risk, number[][]>} */
const HALVES = {
  low: [
    [530, 270, 140, 77, 50],
    [600, 300, 155, 91, 70],
    [900, 420, 220, 121, 72, 48],
    [990, 440, 230, 130, 91, 68],
    [1200, 560, 330, 180, 110, 70, 51],
    [1360, 640, 330, 190, 120, 84, 71],
    [1400, 800, 440, 270, 165, 100, 69, 51],
    [1500, 770, 450, 270, 165, 112, 84, 71],
    [1800, 1100, 630, 380, 230, 150, 94, 70, 48],
  ],
  medium: [
    [1400, 380, 130, 57, 40],
    [1950, 510, 170, 76, 50],
    [2400, 750, 250, 110, 55, 38],
    [3300, 940, 340, 140, 72, 48],
    [4100, 1400, 540, 220, 96, 46, 30],
    [5000, 1900, 660, 290, 130, 62, 40],
    [6300, 2400, 940, 400, 180, 85, 46, 30],
    [9000, 3200, 1350, 550, 240, 112, 58, 34],
    [12000, 4600, 1800, 740, 320, 150, 74, 43, 32],
  ],
  high: [
    [2900, 490, 110, 37, 20],
    [4500, 840, 180, 51, 20],
    [8000, 1300, 270, 73, 31, 18],
    [13200, 2200, 460, 110, 37, 18],
    [18000, 2900, 680, 180, 64, 31, 20],
    [31000, 5400, 1100, 280, 88, 32, 20],
    [45000, 7900, 1600, 420, 135, 54, 27, 19],
    [66000, 12700, 2700, 690, 200, 72, 30, 20],
    [100000, 18400, 3950, 1000, 300, 100, 49, 25, 24],
  ],
};

/**
 * The payouts of slots 0 … rows; null if there is no such board.
 * @param {number} rows
 * @param {string} risk
 */
export function tableOf(rows, risk) {
  if (!Object.hasOwn(HALVES, risk) || !Number.isInteger(rows)) return null;
  const half = HALVES[/** @type {Risk} */ (risk)][rows - FEWEST_ROWS];
  return half ? [...half, ...half.toReversed().slice(1 - (rows % 2))] : null;
}

/** `37` → `0.37`, `1950` → `19.5`, `100000` → `1000`. @param {number} multiplier hundredths */
export const shown = (multiplier) => String(multiplier / 100);
