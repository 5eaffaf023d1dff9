/** The line of a hold'em room on its lobby tile. */

import { html } from "../../html.js";
import { delayedBy } from "../../rooms.js";
import { texts } from "../../texts.js";
import { useNow } from "../../ui/now.js";
import { isPlaying, potOf } from "./pots.js";

const t = texts.games.holdem.tile;

/** @param {Record<string, any>} view @param {number} now @returns {[string, string]} large and small words */
function lineOf(view, now) {
  if (isPlaying(view)) return [t.streets[view.phase], t.pot(potOf(view))];
  if (view.phase in t.streets) return [t.streets[view.phase], ""];
  return view.starts_at ? [texts.units.span(view.starts_at - now), t.starts] : [t.open, t.waiting];
}

/** @type {NonNullable<import("../../shapes.d.ts").Tile["Summary"]>} */
export const Summary = ({ state }) => {
  const view = state?.view ?? {};
  const now = useNow(100, Boolean(view.starts_at)) - delayedBy(state);
  const [large, small] = lineOf(view, now);
  return html`<p class="live-line"><strong class="number">${large}</strong> <span
    class="dim small">${small}</span></p>`;
};
