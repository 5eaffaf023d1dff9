/** Keno, as far as cards, lists and the room's state need it. */

import { text } from "./text.js";

export const title = text.title;

/** @param {Record<string, any>} outcome */
export function resultText({ drawn }) {
  return { text: text.drawnShort(drawn), tone: /** @type {const} */ ("plain") };
}

/** What was picked for the last draw stays known while the next round waits. @type {NonNullable<import("../../shapes.d.ts").Tile["reduce"]>} */
export function reduce(view, event, { bets, view: before }) {
  if (event.type === "round_ended") return { ...view, settled: bets };
  return event.type === "round_opened" ? { ...view, settled: before.settled ?? [] } : view;
}
