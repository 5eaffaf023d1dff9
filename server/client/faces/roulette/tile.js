/** Roulette for tiles, lists and the room's state. */

import { span } from "../../format.js";
import { html } from "../../html.js";
import { delayedBy } from "../../rooms.js";
import { useNow } from "../../ui/now.js";
import { colourOf, pocketName } from "./pockets.js";
import { text } from "./text.js";

export const title = text.title;
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
  const last = (state ? state.history : summary.history)[0]?.outcome.pocket;
  const now = useNow(200, phase === "betting") - delayedBy(state);
  const words =
    phase === "betting" && closesAt
      ? text.closes(span(closesAt - now))
      : phase === "running"
        ? text.runs
        : text.waiting;
  return html`<p class="live-line">${last !== undefined && html`<strong>${pocketName(last)}</strong>`} <span
    class="dim small number">${words}</span></p>`;
};
