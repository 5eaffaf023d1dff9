/** Keno for tiles, lists and the room's state. */

import { texts } from "../../texts.js";

const text = texts.games.keno.face;

export { Picture } from "./picture.js";

export const title = text.title;

/** @param {Record<string, any>} outcome */
export function resultText({ drawn }) {
  return { text: text.drawnShort(drawn), tone: /** @type {const} */ ("plain") };
}

/**
 * Keeps the picks of the last draw until the next round ends.
 * @type {NonNullable<import("../../shapes.d.ts").Tile["reduce"]>}
 */
export function reduce(view, event, { bets, view: before }) {
  if (event.type === "round_ended") return { ...view, settled: bets };
  return event.type === "round_opened" ? { ...view, settled: before.settled ?? [] } : view;
}
