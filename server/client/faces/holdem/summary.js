/** A hold'em table in one line, for its card in the lobby. */

import { span } from "../../format.js";
import { html } from "../../html.js";
import { useNow } from "../../ui/now.js";
import { isPlaying, potOf } from "./pots.js";
import { text } from "./text.js";

const t = text.lobby;

/** @type {import("preact").FunctionComponent<{summary: import("../../types.js").RoomSummary, state: import("../../shapes.d.ts").RoomState | null}>} */
export const Summary = ({ state }) => {
  const view = state?.view ?? {};
  const now = useNow(100, Boolean(view.starts_at));
  const waiting = view.starts_at ? t.starts(span(view.starts_at - now)) : t.waiting;
  return html`<p class="live-line">${isPlaying(view) ? t.playing(text.streets[view.phase], potOf(view)) : (text.streets[view.phase] ?? waiting)}</p>`;
};
