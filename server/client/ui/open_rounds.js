/** The player's rounds that have not ended, with links back to their rooms. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../api.js";
import { errorText } from "../error_text.js";
import { tileOf } from "../faces/index.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { wire } from "../wire.js";

/** @typedef {{room: string, game: string, staked: number | null}} OpenRound `staked` is null if we may not look */

const t = texts.shell.openRounds;
export const MENU = "open-rounds";
/** A player has no more seats than this at a time, or leaves the others unseen. */
const MOST = 20;

/** The rounds as last looked up; null before that. @type {import("@preact/signals").Signal<OpenRound[] | null>} */
const found = signal(null);
const error = signal("");

/** @param {{room: string, game: string}} seat @param {string} player @returns {Promise<OpenRound | null>} */
async function openIn({ room, game }, player) {
  try {
    const { bets } = (await api.request("GET /rooms/{room}", { path: { room } })).snapshot;
    const own = bets.filter((bet) => bet.player === player);
    return own.length > 0 ? { room, game, staked: own.reduce((sum, bet) => sum + bet.amount, 0) } : null;
  } catch {
    return { room, game, staked: null };
  }
}

/** Look up where the player's stakes are. */
async function lookUp() {
  const player = wire.me.peek()?.username;
  if (!player) return;
  try {
    const { items } = await api.request("GET /me/sessions", { query: { limit: 100 } });
    const seats = new Map(items.filter((each) => each.ended_at === null).map(({ room, game }) => [room, game]));
    const rounds = await Promise.all([...seats].slice(0, MOST).map(([room, game]) => openIn({ room, game }, player)));
    found.value = rounds.filter((each) => each !== null);
    error.value = "";
  } catch (problem) {
    error.value = errorText(problem);
  }
}

/** @param {{onClick?: (event: Event) => void}} props */
function List({ onClick }) {
  if (error.value) return html`<p role="alert">${error.value}</p>`;
  const rounds = found.value;
  if (!rounds) return html`<p class="dim" aria-busy="true">${texts.shell.loading}</p>`;
  if (rounds.length === 0) return html`<p class="dim">${t.none}</p>`;
  return html`<ul class="open-rounds">${rounds.map(
    ({ room, game, staked }) => html`<li key=${room}><a class="menu-item" href=${`/rooms/${room}`} onClick=${onClick}>
      ${t.resume(tileOf(game).title, staked)}</a></li>`,
  )}</ul>`;
}

/** The list that opens from the held chips in the top bar. @param {{close: (event: Event) => void}} props */
export function OpenRoundsMenu({ close }) {
  const look = (/** @type {any} */ event) => {
    if (event.newState === "open") void lookUp();
  };
  return html`<div id=${MENU} class="menu" popover="auto" onToggle=${look} data-testid="open-rounds">
    <h2 class="menu-name">${t.title}</h2>
    <${List} onClick=${close} />
  </div>`;
}

/** The same in the lobby, while chips are held. @param {{held: number}} props */
export function OpenRounds({ held }) {
  useEffect(() => {
    if (held > 0) void lookUp();
  }, [held]);
  const rounds = found.value?.length;
  if (held === 0 || rounds === 0) return null;
  return html`<section class="notice" aria-labelledby="open-rounds-title" data-testid="resume">
    <h2 class="open-rounds-title" id="open-rounds-title">${rounds === undefined ? t.title : t.count(rounds)}</h2>
    <${List} />
  </section>`;
}
