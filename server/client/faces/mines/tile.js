/** Mines for tiles, lists and the room's state. */

import { texts } from "../../texts.js";

const t = texts.games.mines.tile;

export { Picture } from "./picture.js";

export const title = t.title;

/** @param {Record<string, any>} outcome */
export function resultText({ mines }) {
  return { text: t.result(mines.length), tone: /** @type {const} */ ("plain") };
}

/** @type {NonNullable<import("../../shapes.d.ts").Tile["reduce"]>} */
export function reduce(view, event, { view: before }) {
  switch (event.type) {
    case "round_opened": {
      const { phase, revealed = [], mines, hit } = before;
      return phase === "ended" && mines ? { ...view, past: { revealed, mines, hit } } : view;
    }
    case "laid":
      return { phase: "running", hidden: event.hidden, revealed: [], multiplier: 1, next: event.next };
    case "revealed":
      return {
        ...view,
        revealed: [...(view.revealed ?? []), event.cell],
        multiplier: event.multiplier,
        next: event.next,
      };
    case "exploded":
      return { ...view, hit: event.cell };
    default:
      return view;
  }
}
