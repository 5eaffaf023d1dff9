/** Taking and leaving a seat, and the invitation to sign up. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { errorText } from "../error_text.js";
import { tileOf } from "../faces/index.js";
import { html } from "../html.js";
import { invited } from "../invites.js";
import { doorPath } from "../next_page.js";
import { texts } from "../texts.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../http.d.ts").GameView} GameView */

const t = texts.room.page;

/**
 * True if no seat is free. In a single-player room, that means that someone else plays.
 * @param {RoomStore} store
 * @param {GameView | null} info
 */
export function taken(store, info) {
  const players = store.players.value;
  if (info === null) return false;
  const seats = store.state.value?.private?.seats ?? info.seats;
  return players.length >= seats && !players.some((sitter) => sitter.player === store.wire.me.value?.username);
}

/**
 * Takes a seat automatically for a signed-in player, also after the server lost the seat. After leaving the seat or
 * after a refusal, the player must ask for it.
 * @param {RoomStore} store
 * @param {GameView | null} info the game's rules and limits
 */
export function useSeat(store, info) {
  const error = useSignal(/** @type {string | null} */ (null));
  const busy = useSignal(false);
  const stood = useSignal(false);
  const uninvited = useSignal(false);
  const sit = async () => {
    busy.value = true;
    stood.value = false;
    error.value = null;
    try {
      await store.join();
    } catch (problem) {
      error.value = errorText(problem, store.state.peek()?.game);
      uninvited.value = /** @type {{code?: string}} */ (problem).code === "invite_needed";
    } finally {
      busy.value = false;
    }
  };
  const stand = async () => {
    stood.value = true;
    try {
      await store.leave();
    } catch (problem) {
      error.value = errorText(problem, store.state.peek()?.game);
    }
  };
  const [online, me, state] = [store.wire.connection.value === "online", store.wire.me.value, store.state.value];
  // Also take a seat that the server keeps for us as “away”; otherwise its grace period would end.
  const seated = state?.you && !state.players.some((sitter) => sitter.player === state.you?.player && sitter.away);
  const wants =
    online && me !== null && state !== null && !seated && !state.closed && info !== null && !taken(store, info);
  useEffect(() => {
    if (wants && !stood.peek() && !error.peek() && !busy.peek()) void sit();
  }, [wants]);
  return { error, busy, uninvited, sit, stand };
}

/**
 * What replaces the bet panel while the player has no seat.
 * @param {{store: RoomStore, info: GameView | null, seat: ReturnType<typeof useSeat>}} props
 */
export function Invitation({ store, info, seat }) {
  const state = store.state.value;
  if (!store.wire.me.value) {
    const owner = invited(store.room).invite ? state?.private?.owner : undefined;
    return html`<div class="seat-offer stack" data-testid="invitation">
      ${owner && html`<p data-testid="invites"><strong>${t.invites(owner, tileOf(state?.game ?? "").title)}</strong></p>`}
      <p>${t.inviteLead}</p>
      <div class="row">
        <a class="button primary" href=${doorPath("/sign-up")}>${t.signUp}</a>
        <a class="button" href=${doorPath("/sign-in")}>${t.signIn}</a>
      </div>
    </div>`;
  }
  if (info && taken(store, info)) {
    return html`<p class="seat-offer">${info.shared ? t.full : t.session(store.players.value[0].player)}</p>`;
  }
  if (seat.uninvited.value) return html`<p class="seat-offer" role="alert">${seat.error.value}</p>`;
  return html`<div class="seat-offer stack">
    ${seat.error.value && html`<p class="loss small" role="alert">${seat.error.value}</p>`}
    <button type="button" class="button primary large wide"
      disabled=${seat.busy.value || store.wire.connection.value !== "online"}
      data-testid="sit" onClick=${() => void seat.sit()}>${seat.busy.value ? t.sitting : t.sit}</button>
  </div>`;
}
