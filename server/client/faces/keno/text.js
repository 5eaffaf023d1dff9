/** Every text of keno. */

import { count } from "../../text.js";

const inTenThousandths = new Intl.NumberFormat("en", { maximumFractionDigits: 4 });

export const text = {
  title: "Keno",
  drawnShort: (/** @type {number[]} */ drawn) => `${drawn.slice(0, 3).join(" ")} …`,

  // ---- the board ----
  board: "The numbers. Arrow keys lead over them.",
  number: (/** @type {number} */ n, /** @type {string} */ state) => (state ? `${n}, ${state}` : String(n)),
  drawn: "drawn",
  hit: "drawn, a hit",
  pick: "Pick up to ten numbers, then draw.",
  watching: "Nothing has been drawn yet.",
  picked: (/** @type {number} */ n, /** @type {number} */ most) => `${n} of ${most} picked`,
  hits: (/** @type {number} */ hits, /** @type {number} */ picks) => `${count(hits, "hit")} of ${picks}`,
  lastDrawn: "The last ten that were drawn",
  saidDrawn: (/** @type {number[]} */ drawn) => `Drawn: ${[...drawn].sort((a, b) => a - b).join(", ")}.`,
  saidHits: (/** @type {number} */ hits, /** @type {number} */ picks) =>
    `${count(hits, "hit")} of ${count(picks, "pick")}.`,
  full: "Ten numbers are picked. Take one back to pick another.",

  // ---- the table of payouts ----
  table: "What hits pay",
  hitsHead: "Hits",
  paysHead: "Pays",
  times: (/** @type {number} */ tenThousandths) => `${inTenThousandths.format(tenThousandths / 10_000)}×`,

  // ---- the panel ----
  risk: "Risk",
  risks: /** @type {Record<string, string>} */ ({ low: "Low", medium: "Medium", high: "High" }),
  quick: "Quick pick",
  quickHint: "As many numbers by chance as are picked now, or ten",
  clear: "Clear",
  most: "All hit pays",
  draw: "Draw",
  drawing: "Drawing…",
  none: "Pick a number first",
  keys: {
    move: "Move over the numbers",
    pick: "Pick a number or take it back",
    place: "Draw, from anywhere",
    quick: "Quick pick",
    clear: "Clear the board",
    risk: "Next risk",
  },

  // ---- a proof that does not hold ----
  against: {
    moves: "keno has no moves but the bet",
    bets: (/** @type {number} */ n) => `${n} bets in a round that takes one`,
    picks: "the bet does not pick one to ten different numbers from 1 to 40",
    risk: (/** @type {string} */ risk) => `there is no risk called ${risk}`,
  },
};
