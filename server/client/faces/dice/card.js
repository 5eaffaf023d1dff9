/** Dice, as far as cards and lists need it. */

import { roomText } from "../../text_room.js";

export const title = roomText.dice.title;

/** @param {Record<string, any>} outcome */
export function resultText(outcome) {
  return { text: outcome.roll.toFixed(2), tone: /** @type {const} */ ("plain") };
}
