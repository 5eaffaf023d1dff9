/** The bet panel of crash: stake, auto cash-out, and one main button. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { onText } from "../../dom.js";
import { chips, chipsExact, multiplier } from "../../format.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { MainButton, stepOf } from "../../room/main_button.js";
import { parseNumber } from "../../room/number_field.js";
import { PanelForm, ResultLine, StakeField, Trouble, usePlacesQueued } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { texts } from "../../texts.js";
import { ActionButton } from "../../ui/action_button.js";
import { Reading, twoReadings } from "../../ui/reading.js";
import { HUNDREDTHS, payoutOf } from "../payout.js";
import { climbing, shownAt, times } from "./moment.js";

const text = texts.games.crash.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../../room/play.js").Play} Play */
/** @typedef {import("../../shapes.d.ts").GameData} GameData */
/** @typedef {import("../../shapes.d.ts").LiveBet} LiveBet */

const [t, b] = [text, texts.room.bet];
const MOST_BETS = 4;

/**
 * The typed auto cash-out; undefined if it is invalid.
 * @param {string} typed
 * @returns {number | null | undefined} null for no auto cash-out
 */
export function parseTarget(typed) {
  if (typed.trim() === "") return null;
  const value = parseNumber(typed) ?? 0;
  if (Math.round(value * 100) / 100 !== value) return undefined;
  return value >= 1.01 && value <= 1_000_000 ? value : undefined;
}

/** @param {Play} play @param {Record<string, any>} view */
function liveBets(play, view) {
  const out = new Set((view.cashed_out ?? []).map((/** @type {any} */ each) => each.bet));
  return play.mine.value.filter((bet) => !out.has(bet.bet) && bet.result === undefined);
}

/**
 * The live part of a cash-out button: what it would pay now, updated whenever the multiplier changes.
 * @param {{store: RoomStore, bets: LiveBet[]}} props
 */
function Worth({ store, bets }) {
  const node = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    let [frame, last] = [0, 0];
    const read = climbing(() => store.now());
    const write = () => {
      frame = requestAnimationFrame(write);
      const view = store.view.peek();
      if (!node.current || view.phase !== "running" || store.wire.connection.peek() !== "online") return;
      const shown = shownAt(view, read(view));
      if (shown === last) return;
      last = shown;
      const worth = bets.reduce((sum, bet) => sum + payoutOf(bet.amount, shown, HUNDREDTHS), 0);
      node.current.textContent = `${times(shown)} = ${chipsExact(worth)}`;
    };
    write();
    return () => cancelAnimationFrame(frame);
  }, [bets.map((bet) => bet.bet).join()]);
  return html`<span ref=${node} class="worth number" aria-hidden="true"></span>`;
}

/** @param {{typed: import("@preact/signals").Signal<string>}} props */
function AutoField({ typed }) {
  const wrong = parseTarget(typed.value) === undefined;
  const tidy = () => {
    const target = parseTarget(typed.peek());
    if (target) typed.value = String(target);
  };
  return html`<div class="field">
    <label for="auto">${t.auto}</label>
    <input id="auto" class="input number" inputmode="decimal" autocomplete="off" placeholder=${t.autoNone}
      value=${typed.value} aria-invalid=${wrong ? "true" : undefined} aria-describedby="auto-error auto-read"
      data-two-readings=${twoReadings(typed.value)} onInput=${onText((value) => (typed.value = value))}
      onBlur=${tidy} />
    <p id="auto-error" class="error" hidden=${!wrong}>${t.autoBad}</p>
    <${Reading} id="auto-read" typed=${typed.value} unit="×" />
  </div>`;
}

/** @param {{store: RoomStore, play: Play, cashOut: (bet?: string) => void}} props */
function OwnBets({ store, play, cashOut }) {
  const [mine, view] = [play.mine.value, store.view.value];
  if (mine.length === 0) return null;
  const live = new Set(liveBets(play, view).map((bet) => bet.bet));
  const several = view.phase === "running" && live.size > 1;
  return html`<ul class="own-bets" aria-label=${b.mine} data-testid="own-bets">
    ${mine.map((bet) => {
      const out = (view.cashed_out ?? []).find((/** @type {any} */ each) => each.bet === bet.bet);
      const auto = bet.selection?.auto_cashout;
      return html`<li key=${bet.bet} class="row spread" data-part="own">
        <span class="number"><span class="own-label dim small">${b.yours}</span>
          ${` ${chips(bet.amount)} `}${auto && html`<span class="dim small">${t.autoAt(auto)}</span>`}</span>
        ${
          out &&
          html`<strong class="win number small">
          ${multiplier(out.multiplier)} = ${chipsExact(out.payout)}</strong>`
        }
        ${
          several &&
          live.has(bet.bet) &&
          html`<${ActionButton} class="button small-button" aria-label=${t.cashOutBet(bet.amount)} guard=${null}
            disabled=${play.acting.value || play.cannotAct.value !== null} run=${() => cashOut(bet.bet)}>
            <${Worth} store=${store} bets=${[bet]} /><//>`
        }
      </li>`;
    })}
  </ul>`;
}

/** What the main button does next. @param {Play} play @param {GameData} view */
function crashStep(play, view) {
  if (view.phase === "running" && liveBets(play, view).length > 0) return "cash-out";
  if (view.phase !== "betting" && view.phase !== "running" && !play.placing.value) return "wait";
  const [step, placed] = [stepOf(play), play.mine.value.length];
  if (step !== "place" || placed === 0) return step;
  return placed === MOST_BETS ? "full" : "another";
}

/** @param {{store: RoomStore, play: Play, cashOut: () => void, submit: () => void}} props */
function Main({ store, play, cashOut, submit }) {
  const [view, mine] = [store.view.value, play.mine.value];
  const step = crashStep(play, view);
  if (step === "cash-out") {
    // Unguarded: a cash-out may be urgent, and a second one does nothing.
    return html`<${MainButton} play=${play} step=${step} run=${cashOut} look="cash-out" move guard=${null}
      disabled=${play.acting.value}>
      ${
        play.acting.value
          ? b.cashing
          : html`<span class="what">${texts.room.keys.space}</span> <${Worth} store=${store}
              bets=${liveBets(play, view)} />`
      }<//>`;
  }
  const words = {
    placing: b.placing,
    wait: b.place,
    full: b.full,
    another: b.another(mine.length + 1, MOST_BETS),
    place: b.place,
    queue: b.next,
    queued: b.queued(play.queued.value?.amount ?? 0),
  }[step];
  const staked = mine.reduce((sum, bet) => sum + bet.amount, 0);
  return html`
    ${
      mine.length > 0 &&
      view.phase === "betting" &&
      html`<p class="small win number" data-testid="placed">${b.placed(staked)}</p>`
    }
    <${MainButton} play=${play} step=${step} run=${submit} disabled=${step === "wait" || step === "full"}>${words}<//>`;
}

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const play = playIn(store);
  const typed = useSignal("");
  const selection = useComputed(() => {
    const target = parseTarget(typed.value);
    return target == null ? {} : { auto_cashout: target };
  });
  const submit = () => {
    const step = crashStep(play, store.view.peek());
    if (parseTarget(typed.peek()) === undefined) return;
    if (step === "place" || step === "another") void play.bet(selection.peek());
    else if (step === "queue") play.queue(selection.peek());
  };
  const cashOut = async (/** @type {string | undefined} */ bet = undefined) => {
    if (crashStep(play, store.view.peek()) !== "cash-out" || play.cannotAct.peek()) return;
    await play.act("cashout", bet ? { bet } : {});
  };
  useKeys([{ keys: [" "], label: texts.room.keys.space, run: () => void cashOut() }]);
  usePlacesQueued(play);
  return html`<${PanelForm} store=${store} submit=${submit}>
    <${StakeField} play=${play} selection=${selection.value} />
    <${AutoField} typed=${typed} />
    <div class="panel-main">
      <${Main} store=${store} play=${play} cashOut=${cashOut} submit=${submit} />
    </div>
    <${Trouble} play=${play} />
    <${OwnBets} store=${store} play=${play} cashOut=${cashOut} />
    <${ResultLine} play=${play} />
  <//>`;
}
