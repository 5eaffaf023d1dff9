/** A blackjack table in one line, for its card in the lobby. */

import { span } from "../../format.js";
import { html } from "../../html.js";
import { useNow } from "../../ui/now.js";
import { text } from "./text.js";

const t = text.lobby;

/** @param {Record<string, any>} view @param {number} now */
function lineOf(view, now) {
  if (view.phase === "betting") return view.closes_at ? t.deals(span(view.closes_at - now)) : t.waiting;
  return view.turn ? t.playing(view.hands.length, view.dealer.total) : t.over;
}

/** @type {import("preact").FunctionComponent<{summary: import("../../types.js").RoomSummary, state: import("../../shapes.d.ts").RoomState | null}>} */
export const Summary = ({ state, summary }) => {
  const view = state?.view ?? { phase: summary.phase === "betting" ? "betting" : "", closes_at: summary.closes_at };
  const now = useNow(100, view.phase === "betting" && Boolean(view.closes_at));
  return html`<p class="live-line">${lineOf(view, now)}</p>`;
};
