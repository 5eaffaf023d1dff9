/** The clock of a turn: first its time, then the player's time bank. The seat and the panel show the same one. */

import { html } from "../../html.js";
import { texts } from "../../texts.js";
import { useNow } from "../../ui/now.js";
import { TurnTimer } from "../../ui/turn_timer.js";

const text = texts.games.holdem.face;

/**
 * What the clock shows at the time `now`: until when, and out of how many ms.
 * @param {{ends_at: number, bank_ms: number}} turn @param {number} turnMs @param {number} now
 */
export function clockOf(turn, turnMs, now) {
  const banked = now >= turn.ends_at && turn.bank_ms > 0;
  return { banked, endsAt: turn.ends_at + (banked ? turn.bank_ms : 0), total: banked ? turn.bank_ms : turnMs };
}

/** @param {{store: import("../../rooms.js").RoomStore, turn: any}} props */
export function Clock({ store, turn }) {
  useNow(250);
  const { banked, endsAt, total } = clockOf(turn, store.state.value?.options.turn_ms ?? 20_000, store.now());
  return html`<span class=${`he-clock ${banked ? "banked" : ""}`} data-testid="turn-clock" data-banked=${banked}>
    ${banked && html`<span class="he-bank">${text.bank}</span>`}
    <${TurnTimer} key=${endsAt} endsAt=${endsAt} total=${total} clock=${() => store.now()} />
  </span>`;
}
