/** Dice for tiles and lists. */

import { texts } from "../../texts.js";

const text = texts.games.dice.face;

export { Picture } from "./picture.js";

export const title = text.title;

/** @param {Record<string, any>} outcome */
export function resultText(outcome) {
  return { text: outcome.roll.toFixed(2), tone: /** @type {const} */ ("plain") };
}
