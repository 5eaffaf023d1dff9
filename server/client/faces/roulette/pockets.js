/** The numbers of the wheel: colours and order. */

import { texts } from "../../texts.js";

const text = texts.games.roulette.face;

/** @typedef {"red" | "black" | "green"} Colour */

/** Clockwise, on a wheel with one zero. */
export const ORDER = [
  0, 32, 15, 19, 4, 21, 2, 25, 17, 34, 6, 27, 13, 36, 11, 30, 8, 23, 10, 5, 24, 16, 33, 1, 20, 14, 31, 9, 22, 18, 29, 7,
  28, 12, 35, 3, 26,
];

export const RED = new Set([1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36]);

/** @param {number} number @returns {Colour} */
export const colourOf = (number) => (number === 0 ? "green" : RED.has(number) ? "red" : "black");

/**
 * A number and its neighbours on the wheel.
 * @param {number} number
 * @param {number} each how many neighbours on each side
 */
export function neighboursOf(number, each) {
  const at = ORDER.indexOf(number);
  return Array.from({ length: 2 * each + 1 }, (_, n) => ORDER[(at - each + n + ORDER.length) % ORDER.length]);
}

/** `17 black`, `0`. @param {number} pocket */
export const pocketName = (pocket) => text.pocket(pocket, colourOf(pocket));
