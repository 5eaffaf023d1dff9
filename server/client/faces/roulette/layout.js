/**
 * The layout of the felt: all 157 places for chips, what a bet there covers, and where it is. Pure.
 *
 * Distances are in fields. Along `x`, the zero spans 0 to 1, the twelve rows of three 1 to 13, and the column bets 13
 * to 14. Along `y`, 3, 6, 9 … span 0 to 1 and 1, 4, 7 … 2 to 3; then come the dozens (3 to 4) and the even chances
 * (4 to 5).
 */

import { RED } from "./pockets.js";

export const LENGTH = 14;
export const BREADTH = 5;
/** What the wheel needs beside the felt, in px. */
const WHEEL = 110;
/** Within this distance of a line, a chip is on the line. */
const NEAR = 0.25;

/**
 * @typedef {object} Place
 * @property {string} key `split 17-20`
 * @property {string} kind
 * @property {number[]} numbers of the bet's selection, sorted
 * @property {ReadonlySet<number>} covers
 * @property {number} x the centre of a chip
 * @property {number} y
 * @property {{x: number, y: number, width: number, height: number}} [field] the place's field, if it has one
 */

/** @type {Map<string, Place>} */
export const PLACES = new Map();
/** The places on lines, by position. @type {Map<string, Place>} */
const onLines = new Map();

const NUMBERS = Array.from({ length: 36 }, (_, n) => n + 1);
/** The first number of each row of three. */
const ROWS = NUMBERS.filter((number) => number % 3 === 1);

/** @param {string} kind @param {readonly number[]} numbers */
export const keyOf = (kind, numbers) => [kind, numbers.join("-")].join(" ").trim();

/**
 * The place of a selection; undefined for none.
 * @param {{kind?: string, numbers?: number[]} | null | undefined} selection
 */
export function placeOf(selection) {
  const numbers = [...(selection?.numbers ?? [])].sort((a, b) => a - b);
  return PLACES.get(keyOf(selection?.kind ?? "", numbers));
}

/** The selection of a bet on a place. @param {Place} place */
export const selectionOf = ({ kind, numbers }) => (numbers.length ? { kind, numbers } : { kind });

/** What a winning chip pays in chips, including itself. @param {Place} place */
export const stakesPaid = ({ covers }) => 36 / covers.size;

/** @param {string} kind @param {number[]} numbers @param {number} x @param {number} y */
function line(kind, numbers, x, y) {
  const place = { key: keyOf(kind, numbers), kind, numbers, covers: new Set(numbers), x, y };
  PLACES.set(place.key, place);
  onLines.set(`${x},${y}`, place);
}

/**
 * @param {string} kind
 * @param {number[]} numbers
 * @param {{x: number, y: number, width: number, height: number}} field
 * @param {number[]} [covers]
 */
function field(kind, numbers, field, covers = numbers) {
  const [x, y] = [field.x + field.width / 2, field.y + field.height / 2];
  const place = { key: keyOf(kind, numbers), kind, numbers, covers: new Set(covers), x, y, field };
  PLACES.set(place.key, place);
}

/** The position of a number's field. @param {number} number */
const columnAt = (number) => 1 + Math.floor((number - 1) / 3);
/** @param {number} number */
const rowAt = (number) => 2 - ((number - 1) % 3);

field("straight", [0], { x: 0, y: 0, width: 1, height: 3 });
for (const n of NUMBERS) {
  const [x, y] = [columnAt(n), rowAt(n)];
  field("straight", [n], { x, y, width: 1, height: 1 });
  if (n < 4) line("split", [0, n], 1, y + 0.5);
  if (n % 3) line("split", [n, n + 1], x + 0.5, y);
  if (n < 34) line("split", [n, n + 3], x + 1, y + 0.5);
  if (n % 3 && n < 34) line("corner", [n, n + 1, n + 3, n + 4], x + 1, y);
}
for (const n of ROWS) {
  const row = [n, n + 1, n + 2];
  line("street", row, columnAt(n) + 0.5, 3);
  if (n < 34) line("line", [...row, n + 3, n + 4, n + 5], columnAt(n) + 1, 3);
}
line("street", [0, 1, 2], 1, 2);
line("street", [0, 2, 3], 1, 1);
line("corner", [0, 1, 2, 3], 1, 3);
for (const n of [1, 2, 3]) {
  field(
    "column",
    NUMBERS.filter((each) => each % 3 === n % 3),
    { x: 13, y: rowAt(n), width: 1, height: 1 },
  );
  field("dozen", NUMBERS.slice(12 * n - 12, 12 * n), { x: 4 * n - 3, y: 3, width: 4, height: 1 });
}
/** @type {[string, (number: number) => boolean][]} */
const EVEN_CHANCES = [
  ["low", (number) => number <= 18],
  ["even", (number) => number % 2 === 0],
  ["red", (number) => RED.has(number)],
  ["black", (number) => !RED.has(number)],
  ["odd", (number) => number % 2 === 1],
  ["high", (number) => number > 18],
];
for (const [n, [kind, wins]] of EVEN_CHANCES.entries()) {
  field(kind, [], { x: 1 + 2 * n, y: 4, width: 2, height: 1 }, NUMBERS.filter(wins));
}

/** The places with a field of their own. */
export const FIELDS = [...PLACES.values()].filter((place) => place.field);

/**
 * Snaps to the nearest line if it is close, otherwise to the centre of the field.
 * @param {number} at
 * @param {number} least
 * @param {number} most
 */
function snapped(at, least, most) {
  const next = Math.round(at);
  return Math.abs(at - next) < NEAR && next >= least && next <= most ? next : Math.floor(at) + 0.5;
}

/**
 * The place at a point of the felt; null outside the fields.
 * @param {number} x
 * @param {number} y
 */
export function placeAt(x, y) {
  const place = y < 3 + NEAR ? onLines.get(`${snapped(x, 1, 12)},${snapped(y, 1, 3)}`) : undefined;
  return place ?? FIELDS.find(({ field }) => within(field, x, y)) ?? null;
}

/** @param {Place["field"]} field @param {number} x @param {number} y */
function within(field, x, y) {
  return !!field && x >= field.x && x < field.x + field.width && y >= field.y && y < field.y + field.height;
}

/**
 * The next place in a direction; at the edge, the place itself.
 * @param {Place} from
 * @param {number} dx −1, 0 or 1
 * @param {number} dy
 */
export function placeBeside(from, dx, dy) {
  let [best, least] = [from, Infinity];
  for (const place of PLACES.values()) {
    const [x, y] = [place.x - from.x, place.y - from.y];
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    const cost = ahead + 3 * aside;
    if (ahead > 0 && cost < least) [best, least] = [place, cost];
  }
  return best;
}

/**
 * True if the felt should stand upright, because its fields are too small when it lies, and larger when it stands.
 * @param {number} width of the picture in px
 * @param {number} height
 * @param {number} enough a size of fields that is large enough
 */
export function standsUpright(width, height, enough) {
  const lying = Math.min(width / LENGTH, (height - WHEEL) / BREADTH);
  return lying < enough && lying < Math.min(height / LENGTH, (width - WHEEL) / BREADTH);
}
