/** Plinko, as far as cards and lists need it. What a slot pays depends on the bet, so they tell the slot. */

import { text } from "./text.js";

export const title = text.title;

/** `4/12`: to the right at 4 of 12 rows. @param {Record<string, any>} outcome */
export function resultText({ path, slot }) {
  return { text: `${slot}/${path.length}`, tone: /** @type {const} */ ("plain") };
}
