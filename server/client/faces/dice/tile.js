/** Dice for tiles and lists. */

import { fixed } from "../../format.js";
import { texts } from "../../texts.js";

const text = texts.games.dice.face;

export { Picture } from "./picture.js";

export const title = text.title;

/** @param {Record<string, any>} outcome */
export function resultText(outcome) {
  return { text: fixed(outcome.roll, 2), tone: /** @type {const} */ ("plain") };
}
