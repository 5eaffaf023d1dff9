/** The bet panel of hold'em: moves on the player's turn, chips, and sitting out. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { announce } from "../../dom.js";
import { plainChips } from "../../format.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { PanelForm, Trouble, usePlacesQueued } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { texts } from "../../texts.js";
import { ActionButton } from "../../ui/action_button.js";
import { FIELD as BUY_IN, Chips } from "./chips.js";
import { Clock } from "./clock.js";
import { isOpening, isPlaying, presetsOf } from "./pots.js";
import { amountOf, FIELD, PRESETS, Raise } from "./raise.js";
import { buyInOf, hasChips, seatIn, sitOut } from "./table.js";
import { AheadMoves, canShow, ShowOrMuck, useAhead } from "./waiting.js";

const text = texts.games.holdem.face;

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
 * Fold, check or call, and a raise, which opens the choice of its amount in their place.
 * @param {{
 *   store: RoomStore,
 *   play: Play,
 *   typed: import("@preact/signals").Signal<string>,
 *   raising: import("@preact/signals").Signal<number>,
 *   move: (name: string) => void,
 * }} props
 */
function Moves({ store, play, typed, raising, move }) {
  const [view, offered] = [store.view.value, offeredIn(store)];
  const dead = play.acting.value || play.cannotAct.value !== null;
  const passive = "check" in offered ? "check" : "call" in offered ? "call" : null;
  const button = (
    /** @type {string} */ name,
    /** @type {string} */ words,
    /** @type {string} */ key,
    main = false,
  ) => html`<${ActionButton} class=${`button large ${main ? "primary" : ""}`} disabled=${dead} data-move=${name} guard=${play.guard}
    run=${() => move(name)}><span class="number">${words}</span> <kbd aria-hidden="true">${key}</kbd><//>`;
  const open = () => {
    if (!play.guard.repeats) raising.value = view.turn.ends_at;
  };
  if ("raise" in offered && raising.value === view.turn.ends_at)
    return html`<${Raise} view=${view} bounds=${offered.raise.amount} typed=${typed} dead=${dead}
      guard=${play.guard} send=${() => move("raise")} back=${() => (raising.value = 0)} />`;
  return html`<div class="moves" role="group" aria-label=${text.yours} data-testid="moves">
      ${"fold" in offered && button("fold", text.fold, "F")}
      ${passive && button(passive, passive === "check" ? text.check : text.call(view.turn.to_call), "C", true)}
      ${
        "raise" in offered &&
        html`<button type="button" class="button large" disabled=${dead} aria-expanded="false" data-testid="open-raise"
        onClick=${open}>${isOpening(view) ? text.openBet : text.openRaise}
        <kbd aria-hidden="true">R</kbd></button>`
      }
    </div>`;
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
      ? mine.away
        ? text.foldedOut
        : text.folded
      : mine.state === "all_in"
        ? text.allIn
        : mine.away || mine.state === "sitting_out"
          ? text.out
          : acting
            ? text.waitingFor(acting.player ?? "")
            : view.phase === "showdown"
              ? text.othersShow
              : view.phase !== "betting"
                ? text.between
                : view.starts_at
                  ? text.nextHand
                  : text.waiting(sitOut(view));
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
 * @param {import("@preact/signals").Signal<number>} raising
 */
function useMoveKeys(store, move, typed, raising) {
  const select = () => {
    const field = document.getElementById(FIELD);
    if (field instanceof HTMLInputElement) field.select();
  };
  const focus = () => {
    if (!offeredIn(store).raise) return;
    raising.value = store.view.peek().turn.ends_at;
    requestAnimationFrame(() => requestAnimationFrame(select));
  };
  const preset = (/** @type {typeof PRESETS[number]} */ name) => () => {
    const bounds = offeredIn(store).raise?.amount;
    if (!bounds) return;
    typed.value = plainChips(presetsOf(store.view.peek(), bounds)[name]);
    focus();
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
  const raising = useSignal(0);
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
  useMoveKeys(store, (name) => void move(name), typed, raising);
  useAhead(store, play);
  useEffect(() => {
    typed.value = "";
  }, [view.turn?.ends_at]);
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
      <${Clock} store=${store} turn=${view.turn} />
    </div>`
    }
    ${
      moving &&
      html`<${Moves} store=${store} play=${play} typed=${typed} raising=${raising}
      move=${(/** @type {string} */ name) => void move(name)} />`
    }
    ${!moving && revealing && html`<p class="table-note dim" data-testid="note">${text.dealing}</p>`}
    ${!moving && !revealing && canShow(store) && html`<${ShowOrMuck} store=${store} play=${play} />`}
    ${!moving && !revealing && !canShow(store) && html`<${Note} store=${store} />`}
    ${!moving && html`<${AheadMoves} store=${store} play=${play} />`}
    ${!moving && !revealing && html`<${Chips} store=${store} play=${play} bounds=${bounds} back=${back} submit=${submit} />`}
    <${Trouble} play=${play} />
    ${!moving && html`<${HandLine} play=${play} />`}
  <//>`;
}
