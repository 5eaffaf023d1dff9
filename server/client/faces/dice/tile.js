/** Dice for tiles and lists. */

import { text } from "./text.js";

export { Picture } from "./picture.js";

export const title = text.title;

/** @param {Record<string, any>} outcome */
export function resultText(outcome) {
  return { text: outcome.roll.toFixed(2), tone: /** @type {const} */ ("plain") };
}
