/** From watching to playing: taking a seat, standing up, the invitation to those without an account. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { roomText } from "../room_text.js";
import { signInPath } from "../ui/gate.js";
import { playError } from "./play.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */

const t = roomText.page;

/** Has the room no seat for us? Where one plays alone, somebody else does. @param {RoomStore} store @param {any} info */
export function taken(store, info) {
  const players = store.players.value;
  const seats = store.state.value?.private?.seats ?? info?.seats;
  return (
    info !== null &&
    players.length >= seats &&
    !players.some((sitter) => sitter.player === store.wire.me.value?.username)
  );
}

/**
 * Sits down by itself: whoever is signed in and opens a room wants to play, also after the server has lost the seat.
 * After standing up, or a refusal, it waits to be asked.
 * @param {RoomStore} store
 * @param {any} info what the server says about the game
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
      error.value = playError(problem);
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
      error.value = playError(problem);
    }
  };
  const [online, me, state] = [store.wire.connection.value === "online", store.wire.me.value, store.state.value];
  // A seat that is only kept for us is taken again too: else it would be given up although we are here.
  const seated = state?.you && !state.players.some((sitter) => sitter.player === state.you?.player && sitter.away);
  const wants =
    online && me !== null && state !== null && !seated && !state.closed && info !== null && !taken(store, info);
  useEffect(() => {
    if (wants && !stood.peek() && !error.peek() && !busy.peek()) void sit();
  }, [wants]);
  return { error, busy, uninvited, sit, stand };
}

/** What stands in the panel's place while nobody plays from here. @param {{store: RoomStore, info: any, seat: ReturnType<typeof useSeat>}} props */
export function Invitation({ store, info, seat }) {
  if (!store.wire.me.value) {
    return html`<div class="invitation stack" data-testid="invitation">
      <p>${t.inviteLead}</p>
      <div class="row">
        <a class="button primary" href="/sign-up">${t.signUp}</a>
        <a class="button" href=${signInPath()}>${t.signIn}</a>
      </div>
    </div>`;
  }
  if (store.state.value?.closed) return html`<p class="invitation">${roomText.closed} <a href="/">${t.back}</a></p>`;
  if (taken(store, info)) {
    return html`<p class="invitation">${info.shared ? t.full : t.session(store.players.value[0].player)}</p>`;
  }
  if (seat.uninvited.value) return html`<p class="invitation" role="alert">${seat.error.value}</p>`;
  return html`<div class="invitation stack">
    ${seat.error.value && html`<p class="loss small" role="alert">${seat.error.value}</p>`}
    <button type="button" class="button primary large wide"
      disabled=${seat.busy.value || store.wire.connection.value !== "online"}
      data-testid="sit" onClick=${() => void seat.sit()}>${seat.busy.value ? t.sitting : t.sit}</button>
  </div>`;
}
