/** What a board shows, cell by cell, of a round that runs or of the last one. Pure. */

import { CELLS, SIDE } from "./math.js";

/**
 * @typedef {"covered" | "pending" | "safe" | "mine" | "hit" | "left"} CellState `left`: safe, and not uncovered when the
 *   round ended
 * @typedef {{revealed?: number[], mines?: number[], hit?: number}} Board
 */

/** The board to show: that of the round, or before the next bet that of the one before. @param {Record<string, any>} view @returns {Board} */
export const boardOf = (view) => (view.phase === "betting" ? (view.past ?? {}) : view);

/** @param {Board} board @param {number | null} pending the cell that was asked for @returns {CellState[]} */
export function cellsOf({ revealed = [], mines, hit }, pending) {
  return Array.from({ length: CELLS }, (_, cell) => {
    if (revealed.includes(cell)) return "safe";
    if (cell === hit) return "hit";
    if (mines) return mines.includes(cell) ? "mine" : "left";
    return cell === pending ? "pending" : "covered";
  });
}

/** By the names of the keys: steps to the right and down. @type {Record<string, [number, number]>} */
export const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The cell beside another; at the edge, the same. @param {number} cell @param {[number, number]} step right and down */
export function beside(cell, [right, down]) {
  const [column, row] = [(cell % SIDE) + right, Math.floor(cell / SIDE) + down];
  const inside = column >= 0 && column < SIDE && row >= 0 && row < SIDE;
  return inside ? row * SIDE + column : cell;
}
