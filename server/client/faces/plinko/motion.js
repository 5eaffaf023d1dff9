/**
 * The motion of a ball, in slots (across) and rows (down). Pure.
 *
 * With n rows, slot k spans k to k + 1, so the board is n + 1 wide. Row r, from 0, has r + 1 pegs at height r. The pegs
 * of the last row are between the slots, which are at height n.
 */

/** The time from the top to the slot, whatever the number of rows. */
export const FALL_MS = 1500;
/** How long a hit peg glows. */
const SHINE_MS = 260;
/** The fraction of its speed that a ball keeps when it bounces off a peg. */
const BOUNCE = 0.55;

/** The x position of a ball after `rows` rows. @param {number[]} path @param {number} rows */
function across(path, rows) {
  const rights = path.slice(0, rows).reduce((sum, step) => sum + step, 0);
  return (path.length + 1) / 2 + rights - rows / 2;
}

/** The time from one peg to the next. @param {number} rows */
const beat = (rows) => FALL_MS / (rows + 1);

/**
 * @param {number[]} path 0 (left) or 1 (right) for each row
 * @param {number} elapsed ms since the ball was let go
 * @returns {{x: number, y: number}}
 */
export function ballAt(path, elapsed) {
  const rows = path.length;
  const time = Math.min(Math.max(0, elapsed / beat(rows)), rows + 1);
  if (time < 1) return { x: across(path, 0), y: time ** 2 - 1 };
  const row = Math.min(Math.floor(time) - 1, rows - 1);
  const part = time - 1 - row;
  const [from, to] = [across(path, row), across(path, row + 1)];
  return { x: from + (to - from) * part, y: row + part * ((1 + BOUNCE) * part - BOUNCE) };
}

/** The pegs of a board. @param {number} rows @returns {{x: number, y: number}[]} */
export function pegsOf(rows) {
  const pegs = [];
  for (let y = 0; y < rows; y++) {
    for (let index = 0; index <= y; index++) pegs.push({ x: (rows + 1 - y) / 2 + index, y });
  }
  return pegs;
}

/**
 * The pegs that still glow, each with a strength from 0 to 1.
 * @param {number[]} path
 * @param {number} elapsed
 */
export function shining(path, elapsed) {
  const lit = [];
  for (let row = 0; row < path.length; row++) {
    const since = elapsed - beat(path.length) * (row + 1);
    if (since >= 0 && since < SHINE_MS) lit.push({ x: across(path, row), y: row, strength: 1 - since / SHINE_MS });
  }
  return lit;
}
