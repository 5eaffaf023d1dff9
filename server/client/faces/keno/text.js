/** The texts of keno. */

import { count } from "../../text.js";

const inTenThousandths = new Intl.NumberFormat("en", { maximumFractionDigits: 4 });

export const text = {
  title: "Keno",
  drawnShort: (/** @type {number[]} */ drawn) => `${drawn.slice(0, 3).join(" ")} …`,

  // ---- the board ----
  board: "Numbers. Use the arrow keys to move.",
  number: (/** @type {number} */ n, /** @type {string} */ state) => (state ? `${n}, ${state}` : String(n)),
  drawn: "drawn",
  hit: "drawn, a hit",
  pick: "Pick up to ten numbers, then draw.",
  watching: "Nothing has been drawn yet.",
  picked: (/** @type {number} */ n, /** @type {number} */ most) => `${n} of ${most} picked`,
  hits: (/** @type {number} */ hits, /** @type {number} */ picks) => `${count(hits, "hit")} of ${picks}`,
  lastDrawn: "The last ten numbers drawn",
  saidDrawn: (/** @type {number[]} */ drawn) => `Drawn: ${[...drawn].sort((a, b) => a - b).join(", ")}.`,
  saidHits: (/** @type {number} */ hits, /** @type {number} */ picks) =>
    `${count(hits, "hit")} of ${count(picks, "pick")}.`,
  full: "You have picked ten numbers. Remove one to pick another.",

  // ---- the table of payouts ----
  table: "What hits pay",
  hitsHead: "Hits",
  paysHead: "Pays",
  times: (/** @type {number} */ tenThousandths) => `${inTenThousandths.format(tenThousandths / 10_000)}×`,

  // ---- the panel ----
  risk: "Risk",
  risks: /** @type {Record<string, string>} */ ({ low: "Low", medium: "Medium", high: "High" }),
  quick: "Quick pick",
  quickHint: "Picks as many random numbers as are picked now, or ten",
  clear: "Clear",
  most: "All hits pay",
  draw: "Draw",
  drawing: "Drawing…",
  none: "Pick a number first",
  keys: {
    move: "Move between numbers",
    pick: "Pick or remove a number",
    place: "Draw",
    quick: "Quick pick",
    clear: "Clear the board",
    risk: "Next risk",
  },
};
