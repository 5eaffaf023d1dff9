/** Any game without a card of its own, as far as cards and lists need it. */

import { text } from "../../text.js";

/** `auto_cashout` as a label. @param {string} name */
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
