/** The bet panel of hold'em: moves on the player's turn, chips, and sitting out. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { announce } from "../../dom.js";
import { plainChips } from "../../format.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { PanelForm, Trouble, usePlacesQueued } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { ActionButton } from "../../ui/action_button.js";
import { TurnTimer } from "../../ui/turn_timer.js";
import { FIELD as BUY_IN, Chips } from "./chips.js";
import { isPlaying, presetsOf } from "./pots.js";
import { amountOf, FIELD, PRESETS, Raise } from "./raise.js";
import { buyInOf, hasChips, seatIn } from "./table.js";
import { text } from "./text.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../../room/play.js").Play} Play */

/**
 * The moves that `turn.actions` offers us; empty if it is not our turn.
 * @param {RoomStore} store
 * @returns {Record<string, any>}
 */
export function offeredIn(store) {
  const [view, you] = [store.view.value, store.you.value];
  return view.turn && view.turn.seat === you?.seat ? view.turn.actions : {};
}

/**
 * @param {{
 *   store: RoomStore,
 *   play: Play,
 *   typed: import("@preact/signals").Signal<string>,
 *   move: (name: string) => void,
 * }} props
 */
function Moves({ store, play, typed, move }) {
  const [view, offered] = [store.view.value, offeredIn(store)];
  const dead = play.acting.value || play.cannotAct.value !== null;
  const passive = "check" in offered ? "check" : "call" in offered ? "call" : null;
  const button = (
    /** @type {string} */ name,
    /** @type {string} */ words,
    /** @type {string} */ key,
  ) => html`<${ActionButton} class="button large" disabled=${dead} data-move=${name} guard=${play.guard}
    run=${() => move(name)}><span class="number">${words}</span> <kbd aria-hidden="true">${key}</kbd><//>`;
  return html`<div class="moves" role="group" aria-label=${text.yours} data-testid="moves">
      ${"fold" in offered && button("fold", text.fold, "F")}
      ${passive && button(passive, passive === "check" ? text.check : text.call(view.turn.to_call), "C")}
    </div>
    ${
      "raise" in offered &&
      html`<${Raise} view=${view} bounds=${offered.raise.amount} typed=${typed} dead=${dead}
      guard=${play.guard} send=${() => move("raise")} />`
    }`;
}

/** What we took from the table and have to bring back; null if nothing. @param {RoomStore} store */
function broughtBackIn(store) {
  const back = store.you.value?.brings_back;
  return back && store.now() < back.until ? back : null;
}

/** The state of our seat while it is not our turn. @param {{store: RoomStore}} props */
function Note({ store }) {
  const [view, you] = [store.view.value, store.you.value];
  const mine = seatIn(view, you?.seat);
  if (!mine) return null;
  const acting = view.turn && seatIn(view, view.turn.seat);
  const words =
    mine.state === "folded"
      ? text.folded
      : mine.state === "all_in"
        ? text.allIn
        : mine.away || mine.state === "sitting_out"
          ? text.out
          : acting
            ? text.waitingFor(acting.player ?? "")
            : view.phase !== "betting"
              ? text.between
              : view.starts_at
                ? text.nextHand
                : text.waiting;
  return html`<p class="table-note dim" data-testid="note">${words}</p>`;
}

/** Shows and announces the result of the last hand. @param {{play: Play}} props */
function HandLine({ play }) {
  const result = play.result.value;
  useEffect(() => {
    if (result && result.net !== 0) announce(text.saidNet(result.net));
  }, [result?.round]);
  if (!result) return null;
  const tone = result.net > 0 ? "win" : result.net < 0 ? "loss" : "";
  return html`<p class="result-line number" data-testid="own-result">
    <a href=${`/rounds/${result.round}`}>${text.hand(result.round.slice(result.round.lastIndexOf(".") + 1))}</a>
    <strong class=${tone}>${result.net === 0 ? text.even : text.net(result.net)}</strong></p>`;
}

/**
 * The keys of the moves. Number keys set a raise, and Enter makes it.
 * @param {RoomStore} store
 * @param {(name: string) => void} move
 * @param {import("@preact/signals").Signal<string>} typed
 */
function useMoveKeys(store, move, typed) {
  const focus = () => {
    const field = document.getElementById(FIELD);
    if (field instanceof HTMLInputElement) field.select();
  };
  const preset = (/** @type {typeof PRESETS[number]} */ name) => () => {
    const bounds = offeredIn(store).raise?.amount;
    if (!bounds) return;
    typed.value = plainChips(presetsOf(store.view.peek(), bounds)[name]);
    requestAnimationFrame(focus);
  };
  useKeys([
    { keys: ["f"], label: text.keys.fold, run: () => move("fold") },
    { keys: ["c"], label: text.keys.check, run: () => move("check" in offeredIn(store) ? "check" : "call") },
    { keys: ["r"], label: text.keys.raise, run: focus },
    ...PRESETS.map((name, index) => ({ keys: [String(index + 1)], label: text.keys[name], run: preset(name) })),
  ]);
}

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const play = playIn(store);
  const typed = useSignal("");
  const offered = offeredIn(store);
  const view = store.view.value;
  const move = async (/** @type {string} */ name) => {
    const bounds = offeredIn(store)[name];
    // A repeated press is meant for the move just made, not for one on the next street.
    if (!bounds || play.cannotAct.peek() || play.guard.repeats) return;
    const amount = name === "raise" ? amountOf(typed.peek(), bounds.amount) : undefined;
    if (amount === null) return;
    if (document.activeElement instanceof HTMLElement && document.activeElement.id === FIELD)
      document.activeElement.blur();
    await play.act(name, amount === undefined ? {} : { amount });
  };
  useMoveKeys(store, (name) => void move(name), typed);
  const back = broughtBackIn(store);
  const bounds = buyInOf(view, store.you.value?.seat, back?.amount);
  const submit = () => {
    if (!bounds || amountOf(play.typed.peek(), bounds) === null) return;
    if (store.view.peek().phase === "betting") void play.bet({});
    else play.queue({});
  };
  // Enter buys the first chips from anywhere, but adds chips only from their field.
  const enter = () => {
    if (!hasChips(seatIn(store.view.peek(), store.you.peek()?.seat)) || document.activeElement?.id === BUY_IN) submit();
  };
  usePlacesQueued(play);
  // Until the last cards lie, our stack would tell who won.
  const revealing = store.reveals.hidden.value.length > 0;
  const moving = isPlaying(view) && Object.keys(offered).length > 0;
  return html`<${PanelForm} store=${store} submit=${enter} stakeKeys=${false}>
    ${
      moving &&
      html`<div class="he-moving">
      <${TurnTimer} key=${view.turn.ends_at} endsAt=${view.turn.ends_at + view.turn.bank_ms}
        total=${(store.state.value?.options.turn_ms ?? 20_000) + view.turn.bank_ms} clock=${() => store.now()} />
    </div>`
    }
    ${
      moving &&
      html`<${Moves} store=${store} play=${play} typed=${typed}
      move=${(/** @type {string} */ name) => void move(name)} />`
    }
    ${!moving && revealing && html`<p class="table-note dim" data-testid="note">${text.dealing}</p>`}
    ${!moving && !revealing && html`<${Note} store=${store} />`}
    ${!moving && !revealing && html`<${Chips} store=${store} play=${play} bounds=${bounds} back=${back} submit=${submit} />`}
    <${Trouble} play=${play} />
    ${!moving && html`<${HandLine} play=${play} />`}
  <//>`;
}
