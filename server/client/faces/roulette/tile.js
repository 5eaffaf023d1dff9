/** Roulette for tiles, lists and the room's state. */

import { html } from "../../html.js";
import { delayedBy } from "../../rooms.js";
import { texts } from "../../texts.js";
import { useNow } from "../../ui/now.js";
import { colourOf, pocketName } from "./pockets.js";

const text = texts.games.roulette.face;

export { Picture } from "./picture.js";

export const title = text.title;
export const results = text.results;
export const lingers = 5_000;

/** @param {Record<string, any>} outcome */
export function resultText({ pocket }) {
  const tones = /** @type {const} */ ({ red: "bad", black: "plain", green: "good" });
  return { text: pocketName(pocket), tone: tones[colourOf(pocket)] };
}

/**
 * Keeps the bets of the ended round while the next one opens.
 * @type {NonNullable<import("../../shapes.d.ts").Tile["reduce"]>}
 */
export function reduce(view, event, { bets, view: before }) {
  if (event.type === "round_ended") return { ...view, settled: bets };
  return event.type === "round_opened" ? { ...view, settled: before.settled ?? [] } : view;
}

/** @type {NonNullable<import("../../shapes.d.ts").Tile["Summary"]>} */
export const Summary = ({ summary, state }) => {
  const phase = state ? state.view.phase : summary.phase;
  const closesAt = state ? state.view.closes_at : summary.closes_at;
  const now = useNow(200, phase === "betting") - delayedBy(state);
  const isOpen = phase === "betting" && closesAt;
  const large = isOpen ? texts.units.span(closesAt - now) : phase === "running" ? text.rolls : text.over;
  const small = isOpen ? text.untilClosed : phase === "running" ? text.closed : text.waiting;
  return html`<p class="live-line"><strong class="number">${large}</strong> <span class="dim small">${small}</span></p>`;
};
