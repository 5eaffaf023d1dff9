/** The cells of the board to show. Pure. */

import { CELLS, SIDE } from "./math.js";

/**
 * @typedef {"covered" | "pending" | "safe" | "mine" | "hit" | "left"} CellState `left` is a safe cell that was not
 *   uncovered
 * @typedef {{revealed?: number[], mines?: number[], hit?: number}} Board
 */

/**
 * The shown board: the running round's, or the last round's until the next bet.
 * @param {Record<string, any>} view
 * @returns {Board}
 */
export const boardOf = (view) => (view.phase === "betting" ? (view.past ?? {}) : view);

/** @param {Board} board @param {number | null} pending the cell that awaits its answer @returns {CellState[]} */
export function cellsOf({ revealed = [], mines, hit }, pending) {
  return Array.from({ length: CELLS }, (_, cell) => {
    if (revealed.includes(cell)) return "safe";
    if (cell === hit) return "hit";
    if (mines) return mines.includes(cell) ? "mine" : "left";
    return cell === pending ? "pending" : "covered";
  });
}

/** Key → steps right and down. @type {Record<string, [number, number]>} */
export const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The neighbouring cell; at the edge, the cell itself.
 * @param {number} cell
 * @param {[number, number]} step right and down
 */
export function beside(cell, [right, down]) {
  const [column, row] = [(cell % SIDE) + right, Math.floor(cell / SIDE) + down];
  const inside = column >= 0 && column < SIDE && row >= 0 && row < SIDE;
  return inside ? row * SIDE + column : cell;
}
