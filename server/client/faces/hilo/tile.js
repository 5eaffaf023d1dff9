/** Hi-Lo for tiles, lists and the room's state. */

import { texts } from "../../texts.js";

const t = texts.games.hilo.tile;

export { Picture } from "./picture.js";

export const title = t.title;

/** The last card of a round. @param {Record<string, any>} outcome */
export function resultText({ cards }) {
  return { text: t.short(cards.at(-1)), tone: /** @type {const} */ ("plain") };
}

/** @type {NonNullable<import("../../shapes.d.ts").Tile["reduce"]>} */
export function reduce(view, event, { view: before }) {
  if (event.type === "round_opened") {
    const { phase, row, multiplier } = before;
    return phase === "ended" && row ? { ...view, past: { row, multiplier } } : view;
  }
  if (event.type !== "dealt") return view;
  const { card, after, multiplier, higher, lower } = event;
  const row = after === "bet" ? [] : (view.row ?? []);
  return { phase: "running", row: [...row, { card, after }], multiplier, higher, lower };
}
