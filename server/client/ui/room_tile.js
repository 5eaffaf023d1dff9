/** The live lobby tile of a room: its phase, its players and the last results. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { TILES, tileOf } from "../faces/index.js";
import { words } from "../faces/plain/tile.js";
import { span } from "../format.js";
import { html } from "../html.js";
import { delayedBy, openRoom } from "../rooms.js";
import { text } from "../text.js";
import { wire } from "../wire.js";
import { Icon } from "./icons.js";
import { useNow } from "./now.js";

/** @typedef {import("../types.js").RoomSummary} RoomSummary */
/** @typedef {import("../shapes.d.ts").RoomState} RoomState */

const t = text.lobby;
const RESULTS = 12;

/** The store of a room while the tile is mounted. @param {string | null} room null for none */
export function useRoom(room) {
  const store = useSignal(/** @type {import("../rooms.js").RoomStore | null} */ (null));
  useEffect(() => {
    if (!room) return undefined;
    const opened = openRoom(room);
    store.value = opened;
    return () => opened.close();
  }, [room]);
  return store.value;
}

/**
 * Phase and countdown, for games without a line of their own.
 * @param {{summary: RoomSummary, state: RoomState | null}} props
 */
export function PlainLine({ summary, state }) {
  const closesAt = state ? state.view.closes_at : summary.closes_at;
  const phase = state ? state.view.phase : summary.phase;
  const now = useNow(100, Boolean(closesAt) && phase === "betting") - delayedBy(state);
  if (phase === "betting" && closesAt) return html`<p class="live-line">${t.closesIn(span(closesAt - now))}</p>`;
  return html`<p class="live-line">${t.phases[phase] ?? words(phase)}</p>`;
}

/** @param {{game: string, history: import("../types.js").PastRound[]}} props */
export function Results({ game, history }) {
  const { resultText } = tileOf(game);
  if (!history.length) return html`<p class="small dim">${t.noResults}</p>`;
  return html`<ol class="results" aria-label=${t.recent}>
    ${history.slice(0, RESULTS).map(({ round, outcome }) => {
      const { text: words, tone } = resultText(outcome);
      return html`<li key=${round} class="chip ${tone}">${words}</li>`;
    })}
  </ol>`;
}

/** @param {{summary: RoomSummary}} props */
export function RoomTile({ summary }) {
  const state = useRoom(summary.room)?.state.value ?? null;
  const Line = TILES[summary.game]?.Summary ?? PlainLine;
  const paused = state ? state.paused : summary.paused;
  const players = state ? state.players.length : summary.players;
  const spectators = state ? state.spectators : summary.spectators;
  return html`<article class="surface room-tile" data-testid="room-tile" data-room=${summary.room}>
    <div class="row spread">
      <h3><a class="stretched" href="/rooms/${summary.room}">${summary.title}</a></h3>
      ${paused && html`<span class="chip warn">${t.phases.paused}</span>`}
      <span class="button primary" aria-hidden="true">${wire.me.value ? t.play : t.watch}</span>
    </div>
    <div class="room-live"><${Line} summary=${summary} state=${state} /></div>
    <p class="row small dim">
      <span class="fact"><${Icon} name="players" />${t.players(players)}</span>
      <span class="fact"><${Icon} name="eye" />${t.watching(spectators)}</span>
    </p>
    <${Results} game=${summary.game} history=${state ? state.history : summary.history} />
  </article>`;
}
