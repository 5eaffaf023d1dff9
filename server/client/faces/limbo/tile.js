/** Limbo for tiles and lists. */

import { multiplier } from "../../format.js";
import { texts } from "../../texts.js";

const text = texts.games.limbo.face;

export { Picture } from "./picture.js";

export const title = text.title;

/** @param {Record<string, any>} outcome */
export function resultText(outcome) {
  const tone = /** @type {"good" | "plain"} */ (outcome.point >= 2 ? "good" : "plain");
  return { text: multiplier(outcome.point), tone };
}
