/** The live lobby tile of a room: its phase, its players and the last results. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { TILES, tileOf } from "../faces/index.js";
import { words } from "../faces/plain/tile.js";
import { html } from "../html.js";
import { delayedBy, openRoom } from "../rooms.js";
import { texts } from "../texts.js";
import { wire } from "../wire.js";
import { Icon } from "./icons.js";
import { useNow } from "./now.js";
import { GamePicture } from "./picture.js";

/** @typedef {import("../types.js").RoomSummary} RoomSummary */
/** @typedef {import("../shapes.d.ts").RoomState} RoomState */

const t = texts.shell.lobby;
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
  if (phase === "betting" && closesAt)
    return html`<p class="live-line">${t.closesIn(texts.units.span(closesAt - now))}</p>`;
  return html`<p class="live-line">${t.phases[phase] ?? words(phase)}</p>`;
}

/** @param {{game: string, history: import("../types.js").PastRound[]}} props */
export function Results({ game, history }) {
  const { resultText, results } = tileOf(game);
  if (!history.length) return html`<p class="results small dim">${t.noResults}</p>`;
  return html`<ol class="results" aria-label=${t.recent}>
    ${results && html`<li class="small dim" aria-hidden="true">${results}</li>`}
    ${history.slice(0, RESULTS).map(({ round, outcome }) => {
      const { text: words, tone } = resultText(outcome);
      return html`<li key=${round} class="chip ${tone}">${words}</li>`;
    })}
  </ol>`;
}

/**
 * Who plays, how many watch, and how much is at stake.
 * @param {{summary: RoomSummary, state: RoomState | null}} props
 */
function Facts({ summary, state }) {
  const names = state?.players.map(({ player }) => player) ?? [];
  const staked = state?.bets.reduce((sum, { amount, payout }) => sum + (payout === undefined ? amount : 0), 0) ?? 0;
  const spectators = state ? state.spectators : summary.spectators;
  return html`<p class="row small dim room-facts">
    <span class="fact"><${Icon} name="players" /><span>${names.length > 0 ? t.people(names) : t.players(summary.players)}</span></span>
    <span class="fact"><${Icon} name="eye" />${t.watching(spectators)}</span>
    ${staked > 0 && html`<span class="fact number">${t.atStake(staked)}</span>`}
  </p>`;
}

/** @param {{summary: RoomSummary}} props */
export function RoomTile({ summary }) {
  const state = useRoom(summary.room)?.state.value ?? null;
  const Line = TILES[summary.game]?.Summary ?? PlainLine;
  const paused = state ? state.paused : summary.paused;
  return html`<article class="surface room-tile" data-testid="room-tile" data-room=${summary.room}>
    <${GamePicture} of=${tileOf(summary.game)} />
    <div class="row spread">
      <h3><a class="stretched" href="/rooms/${summary.room}">${summary.title}</a></h3>
      ${paused && html`<span class="chip warn">${t.phases.paused}</span>`}
      <span class="button primary" aria-hidden="true">${wire.me.value ? t.play : t.watch}</span>
    </div>
    <div class="room-live"><${Line} summary=${summary} state=${state} /></div>
    <${Facts} summary=${summary} state=${state} />
    <${Results} game=${summary.game} history=${state ? state.history : summary.history} />
  </article>`;
}
