/** The positions of the seats, clockwise, in percent of the table's width and height. */

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

/**
 * The position of a seat if the seat `bottom` is at the bottom.
 * @param {number} seat
 * @param {number} bottom
 * @returns {{wide: Spot, upright: Spot}}
 */
export function spotOf(seat, bottom) {
  const place = (((seat - bottom) % SEATS) + SEATS) % SEATS;
  const [wide, upright] = [WIDE[place], UPRIGHT[place]].map(([x, y, betX, betY]) => ({
    seat: { x, y },
    bet: { x: betX, y: betY },
  }));
  return { wide, upright };
}
