/** The line of a blackjack room on its lobby tile. */

import { html } from "../../html.js";
import { delayedBy } from "../../rooms.js";
import { texts } from "../../texts.js";
import { useNow } from "../../ui/now.js";

const t = texts.games.blackjack.tile;

/** @param {Record<string, any>} view @param {number} now @returns {[string, string]} large and small words */
function lineOf(view, now) {
  if (view.phase === "ended" || view.phase === "settling") return [t.over, t.between];
  if (view.hands?.length > 0) return [t.dealer(view.dealer.total), t.playing(view.hands.length)];
  return view.closes_at ? [texts.units.span(view.closes_at - now), t.deals] : [t.open, t.waiting];
}

/** @type {NonNullable<import("../../shapes.d.ts").Tile["Summary"]>} */
export const Summary = ({ state, summary }) => {
  const view = state?.view ?? { phase: summary.phase === "betting" ? "betting" : "", closes_at: summary.closes_at };
  const now = useNow(100, view.phase === "betting" && Boolean(view.closes_at)) - delayedBy(state);
  const [large, small] = lineOf(view, now);
  return html`<p class="live-line"><strong class="number">${large}</strong> <span
    class="dim small">${small}</span></p>`;
};
