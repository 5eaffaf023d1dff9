/** A game without a tile of its own, for lists and the room's state. */

import { text } from "../../text.js";

/** A name as a label: `auto_cashout` → `Auto cashout`. @param {string} name */
export const words = (name) => name.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

/** @param {any} value @returns {string} */
export function shown(value) {
  if (Array.isArray(value)) return value.map(shown).join(", ");
  if (value && typeof value === "object")
    return Object.entries(value)
      .map(([name, inner]) => `${words(name)} ${shown(inner)}`)
      .join(", ");
  if (typeof value === "boolean") return value ? text.yes : text.no;
  return String(value ?? "–");
}

/** @param {string} game @returns {import("../../shapes.d.ts").Tile} */
export function plainTile(game) {
  return {
    title: words(game),
    resultText: (outcome) => ({ text: shown(Object.values(outcome)[0]), tone: "plain" }),
  };
}
