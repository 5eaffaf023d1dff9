/** Plinko for tiles and lists. They show the slot, because its payout depends on the bet. */

import { texts } from "../../texts.js";

const text = texts.games.plinko.face;

export { Picture } from "./picture.js";

export const title = text.title;

/** `4/12`: the ball went right at 4 of 12 rows. @param {Record<string, any>} outcome */
export function resultText({ path, slot }) {
  return { text: `${slot}/${path.length}`, tone: /** @type {const} */ ("plain") };
}
