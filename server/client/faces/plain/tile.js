/** A game without a tile of its own, for lists and the room's state. */

import { signal } from "@preact/signals-core";
import { resultOf, words } from "./values.js";

/** The titles of games as the server gives them, by name; those that are not known yet are made from the name. */
const titles = signal(/** @type {ReadonlyMap<string, string>} */ (new Map()));

/** @param {string} game @param {string} title */
export function keepTitle(game, title) {
  if (titles.peek().get(game) !== title) titles.value = new Map(titles.peek()).set(game, title);
}

/** @param {string} game @returns {import("../../shapes.d.ts").Tile} */
export function plainTile(game) {
  return {
    get title() {
      return titles.value.get(game) ?? words(game);
    },
    resultText: (outcome) => ({ text: resultOf(outcome), tone: "plain" }),
  };
}
