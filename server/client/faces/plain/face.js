/** The plain face: shows the view of any game. Its panel is drawn from the game's schema. */

import { useEffect } from "preact/hooks";
import { html } from "../../html.js";
import { roomText } from "../../room_text.js";
import { useNow } from "../../ui/now.js";
import { panelOf } from "./panel.js";
import { plainTile, shown, words } from "./tile.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */

const t = roomText.plain;

/** True for values that need not be shown. @param {any} value */
const empty = (value) => value === null || (Array.isArray(value) && value.length === 0);

/** Fields of a view that the panel uses or that are shown in another way. */
const NOT_SHOWN = new Set(["phase", "actions", "stake", "closes_at"]);
/** Events that don't change a game's view. */
const BESIDE = new Set(["tick", "chat", "spectators", "player_joined", "player_left", "player_away", "player_back"]);
const REFRESH_MS = 150;

/**
 * Keeps the view up to date: requests it after events, once for events that arrive together.
 * @param {RoomStore} store
 */
function useFreshView(store) {
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const ask = () => {
      timer = undefined;
      store.refresh().catch(() => undefined); // after a reconnect, a snapshot arrives anyway
    };
    const stop = store.onEvent((event) => {
      if (!BESIDE.has(event.type)) timer ??= setTimeout(ask, REFRESH_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store]);
}

/** The phase and the remaining betting time. @param {{view: Record<string, any>, store: RoomStore}} props */
function Phase({ view, store }) {
  useNow(200, view.closes_at != null);
  const left = view.closes_at == null ? null : Math.max(0, view.closes_at - store.now());
  return html`<p class="plain-phase" data-testid="phase" data-phase=${view.phase}>
    ${words(view.phase ?? "")}
    ${left !== null && html` <span class="number dim">${t.left(Math.ceil(left / 1000))}</span>`}
  </p>`;
}

/** @param {{store: RoomStore}} props */
function Face({ store }) {
  useFreshView(store);
  const view = store.view.value;
  const facts = Object.entries(view).filter(([name, value]) => !NOT_SHOWN.has(name) && !empty(value));
  const last = store.last.value;
  return html`<div class="plain-face" data-testid="plain">
    <${Phase} view=${view} store=${store} />
    ${last && html`<p class="plain-last number"><span class="dim small">${t.last}</span> ${shown(last.outcome)}</p>`}
    <dl class="facts">
      ${facts.map(([name, value]) => html`<dt key=${name}>${words(name)}</dt><dd class="number">${shown(value)}</dd>`)}
    </dl>
  </div>`;
}

/** @param {string} game @returns {import("../../shapes.d.ts").Face} */
export const plainFace = (game) => ({ ...plainTile(game), Face, BetPanel: panelOf(game) });
