/** The positions of the seats, clockwise, in percent of the table's width and height. */

/** The seats of a public table. A private one may have fewer. */
export const SEATS = 9;

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{seat: Point, bet: Point}} Spot a seat, and where its chips lie */

/** From the bottom seat on, for wide and for upright tables: x and y of the seat, x and y of its chips. */
const WIDE = [
  [50, 84, 50, 66],
  [20, 82, 31, 67],
  [9, 56, 23, 57],
  [12, 28, 25, 34],
  [35, 13, 39, 28],
  [65, 13, 61, 28],
  [88, 28, 75, 34],
  [91, 56, 77, 57],
  [80, 82, 69, 67],
];
const UPRIGHT = [
  [50, 85, 50, 67],
  [13, 80, 30, 71],
  [12, 57, 31, 60],
  [12, 33, 31, 33],
  [30, 11, 35, 23],
  [70, 11, 65, 23],
  [88, 33, 69, 33],
  [88, 57, 69, 60],
  [87, 80, 70, 71],
];

/** @param {number} part how far round the table, 0 … 1 @param {number[][]} places @returns {Spot} */
function between(part, places) {
  const at = part * places.length;
  const [from, to] = [places[Math.floor(at)], places[Math.ceil(at) % places.length]];
  const [x, y, betX, betY] = from.map((each, n) => each + (to[n] - each) * (at % 1));
  return { seat: { x, y }, bet: { x: betX, y: betY } };
}

/**
 * The position of a seat if the seat `bottom` is at the bottom. The seats of a smaller table are spread over all of it.
 * @param {number} seat
 * @param {number} bottom
 * @param {number} [seats] how many the table has
 * @returns {{wide: Spot, upright: Spot}}
 */
export function spotOf(seat, bottom, seats = SEATS) {
  const part = ((((seat - bottom) % seats) + seats) % seats) / seats;
  return { wide: between(part, WIDE), upright: between(part, UPRIGHT) };
}
