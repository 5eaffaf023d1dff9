/** What the panel offers while it is not the player's turn: moves in advance, and showing cards after a hand. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { announce } from "../../dom.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { onePerRoom } from "../../room/one_per_room.js";
import { texts } from "../../texts.js";
import { ActionButton } from "../../ui/action_button.js";
import { TurnTimer } from "../../ui/turn_timer.js";
import { chosen, costOf, fateOf, namesNow } from "./ahead.js";

const text = texts.games.holdem.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../../room/play.js").Play} Play */
/** @typedef {import("./ahead.js").Ahead} Ahead */

/** The move that the player has chosen for their next turn. */
const aheadIn = onePerRoom(() => signal(/** @type {Ahead | null} */ (null)));

/** @param {RoomStore} store @returns {import("./ahead.js").Moment} */
const momentOf = (store) => ({
  round: store.round.value?.round ?? "",
  view: store.view.value,
  seat: store.you.value?.seat,
});

/**
 * Sends the move chosen in advance when the turn comes, and drops it when something happens that the player has not
 * agreed to.
 * @param {RoomStore} store @param {Play} play
 */
export function useAhead(store, play) {
  const ahead = aheadIn(store);
  const now = momentOf(store);
  const busy = play.acting.value || play.cannotAct.value !== null;
  const fate = ahead.value ? fateOf(ahead.value, now) : "keep";
  const offers = namesNow(now).length > 0;
  const offered = useRef(false);
  useEffect(() => {
    // A press that was meant for a move in advance must not become a move as the buttons change.
    if (offered.current && !offers) play.guard.acted();
    offered.current = offers;
  }, [offers]);
  useEffect(() => {
    if (!ahead.peek() || fate === "keep" || busy) return;
    ahead.value = null;
    if (fate === "drop") announce(text.saidAheadDropped, true);
    else void play.act(fate);
  }, [fate, busy]);
}

/** @param {{store: RoomStore, play: Play}} props */
export function AheadMoves({ store, play }) {
  const ahead = aheadIn(store);
  const now = momentOf(store);
  const names = namesNow(now);
  if (names.length === 0) return null;
  const cost = costOf(now.view, now.seat);
  const choose = (/** @type {import("./ahead.js").Name} */ name) => {
    if (play.guard.repeats) return;
    const next = ahead.peek()?.name === name ? null : chosen(name, momentOf(store));
    ahead.value = next;
    announce(next ? text.saidAhead(text.ahead[name](cost)) : text.saidAheadDropped);
  };
  return html`<div class="he-ahead" role="group" aria-label=${text.aheadLabel} data-testid="ahead">
    ${names.map(
      (name) => html`<button key=${name} type="button" class="button" data-ahead=${name}
        aria-pressed=${ahead.value?.name === name ? "true" : "false"} onClick=${() => choose(name)}>
        <span class="number">${text.ahead[name](cost)}</span></button>`,
    )}
  </div>`;
}

/** True while we may show the cards of the hand that is over. @param {RoomStore} store */
export function canShow(store) {
  const [showdown, you] = [store.view.value.showdown, store.you.value];
  return Boolean(you && showdown?.choosing.includes(you.seat));
}

/** @param {{store: RoomStore, play: Play}} props */
export function ShowOrMuck({ store, play }) {
  const { showdown, hole } = store.view.value;
  const dead = play.acting.value || play.cannotAct.value !== null;
  const choose = (/** @type {string} */ action, /** @type {string} */ which = "") => {
    if (!dead && !play.guard.repeats) void play.act(action, which ? { which } : {});
  };
  useKeys([
    { keys: ["s"], label: text.keys.show, run: () => choose("show", "both") },
    { keys: ["m"], label: text.keys.muck, run: () => choose("muck") },
  ]);
  useEffect(() => announce(text.saidShow, true), []);
  const button = (/** @type {string} */ move, /** @type {string} */ words, /** @type {string} */ which = "") =>
    html`<${ActionButton} class="button" disabled=${dead} data-move=${move} data-which=${which || undefined}
      guard=${play.guard} run=${() => choose(move, which)}>${words}<//>`;
  const [first, second] = hole ?? [];
  return html`<div class="he-show" role="group" aria-label=${text.showLabel} data-testid="show">
    <p class="dim small">${text.showLabel}</p>
    <${TurnTimer} endsAt=${showdown.ends_at} total=${store.state.value?.options.show_ms ?? 4_000}
      clock=${() => store.now()} />
    <div class="he-show-row">
      ${button("muck", text.muck)}
      ${first && button("show", text.showOne(first), "first")}
      ${second && button("show", text.showOne(second), "second")}
      ${button("show", text.showBoth, "both")}
    </div>
  </div>`;
}
