/** The parts of every bet panel: the form, the stake, errors, and the result of the last round. */

import { useEffect, useRef } from "preact/hooks";
import { announce, onText } from "../dom.js";
import { errorText } from "../error_text.js";
import { chipsExact } from "../format.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { Reading, showsReadingFirst, twoReadings } from "../ui/reading.js";
import { useKeys } from "./keys.js";
import { playIn } from "./play.js";
import { StakeReturn } from "./stake_return.js";

/** @typedef {import("./play.js").Play} Play */

const t = texts.room.bet;

/** @param {{label: string, onClick: () => void, children?: any}} props */
function Small({ label, onClick, children }) {
  return html`<button type="button" class="button stake-button" aria-label=${`${children}: ${label}`} title=${label}
    onClick=${onClick}>${children}</button>`;
}

/**
 * The stake field and its buttons. `selection` is what the stake is bet on, unless every bet of the game is alike.
 * @param {{play: Play, selection?: object}} props
 */
export function StakeField({ play, selection }) {
  const wrong = play.stakeError.value;
  const limited = play.bounds.value.own !== null;
  useEffect(() => {
    if (limited && document.activeElement?.id !== "stake") play.obeyOwnLimit();
  }, [limited]);
  return html`<div class="field stake">
    <label for="stake">${t.stake} <span class="dim">${t.unit}</span></label>
    <div class="stake-row">
      <input id="stake" class="input number" inputmode="decimal" autocomplete="off" value=${play.typed.value}
        aria-invalid=${wrong ? "true" : undefined} aria-describedby="stake-error stake-read"
        data-two-readings=${twoReadings(play.typed.value)}
        onInput=${onText((value) => (play.typed.value = value))} onBlur=${() => play.tidy()} />
      <${Small} label=${t.half} onClick=${() => play.press("half")}>½<//>
      <${Small} label=${t.double} onClick=${() => play.press("double")}>2×<//>
      <${Small} label=${t.min} onClick=${() => play.press("min")}>${t.minShort}<//>
      <${Small} label=${t.max} onClick=${() => play.press("max")}>${t.maxShort}<//>
    </div>
    <p id="stake-error" class="error" hidden=${!wrong}>${wrong}</p>
    <${Reading} id="stake-read" typed=${play.typed.value} unit="chips" />
    <${StakeReturn} play=${play} selection=${selection} />
  </div>`;
}

/**
 * A choice between a few options, shown side by side.
 * @param {{name: string, legend: string, options: [any, string][], chosen: any, choose: (value: any) => void}} props
 */
export function OneOf({ name, legend, options, chosen, choose }) {
  return html`<fieldset class="side"><legend class="label">${legend}</legend>
    <div class="side-options">
      ${options.map(
        ([value, words]) => html`<label key=${words} class="side-option">
          <input type="radio" name=${name} checked=${chosen === value} onChange=${() => choose(value)} />
          <span>${words}</span>
        </label>`,
      )}
    </div>
  </fieldset>`;
}

/** What a win would pay. @param {{label: string, cents: number | null}} props null if the bet is not valid */
export function Pays({ label, cents }) {
  return html`<dl class="pays row spread">
    <dt class="dim small">${label}</dt>
    <dd class="number" data-testid="pays">${cents === null ? "–" : chipsExact(cents)}</dd>
  </dl>`;
}

/** @param {{round: string, words: string, tone: string, name: string}} props */
function RoundLine({ round, words, tone, name }) {
  return html`<p class="result-line number" data-testid=${name}>
    <a href=${`/rounds/${round}`}>${t.round(round.slice(round.lastIndexOf(".") + 1))}</a> <strong class=${tone}>
      ${words}</strong>
  </p>`;
}

/** @param {import("./happenings.js").OwnResult} result */
const wonWords = ({ kind, payout, net }) => (kind === "big-win" ? t.bigWon(payout, net) : t.won(payout, net));

/** Shows and announces the player's result in the last round. @param {{play: Play}} props */
export function ResultLine({ play }) {
  const [result, refund] = [play.result.value, play.refund.value];
  useEffect(() => {
    if (result) announce(texts.room.announced(result.payout, result.net, result.kind === "big-win"));
  }, [result?.round]);
  if (refund)
    return html`<${RoundLine} round=${refund.round} words=${t.refunded(refund.staked)} tone="" name="own-refund" />`;
  if (!result) return null;
  const words = result.payout === 0 ? t.lost(result.net) : result.net === 0 ? t.even : wonWords(result);
  const tone = result.net > 0 ? "win" : result.payout === 0 ? "loss" : "";
  return html`<${RoundLine} round=${result.round} words=${words} tone=${tone} name="own-result" />`;
}

/** Why the player can't act, or what went wrong. @param {{play: Play}} props */
export function Trouble({ play }) {
  const [error, cannotBet] = [play.trouble.value, play.cannotBet.value];
  if (cannotBet) return html`<p class="panel-note warning small" role="status">${cannotBet}</p>`;
  const returned = play.store.state.value?.returned;
  const words = error || (returned ? texts.room.bet.returned(returned.amount, errorText(returned, play.game)) : error);
  return html`<p class="panel-note loss small" role="alert" data-testid="bet-error">${words}</p>`;
}

/**
 * Places the queued bet as soon as bets are open. It watches the view, not the event, because a snapshot can show an
 * open round without an event.
 * @param {Play} play
 */
export function usePlacesQueued(play) {
  const { view, round } = play.store;
  const open = view.value.phase === "betting" ? round.value?.round : null;
  useEffect(() => {
    if (open) void play.placeQueued();
  }, [open]);
}

/**
 * Once a bet is in, its keys are those of the game: the focus leaves the panel's field. After a refusal it stays, so that
 * the bet can be corrected.
 * @param {Play} play
 */
function useLeavesField(play) {
  const taken = play.taken.value;
  const before = useRef(taken);
  useEffect(() => {
    const field = document.activeElement;
    if (taken > before.current && field instanceof HTMLInputElement && field.closest(".panel-form")) field.blur();
    before.current = taken;
  }, [taken]);
}

/**
 * The form of a bet panel. Enter places the bet, also from a field; the browser's implicit submission is off. Without
 * `stakeKeys`, H and D belong to the game.
 * @param {{store: import("../rooms.js").RoomStore, submit: () => void, stakeKeys?: boolean, children?: any}} props
 */
export function PanelForm({ store, submit, stakeKeys = true, children }) {
  const play = playIn(store);
  const ofStake = [
    { keys: ["h"], label: texts.room.keys.half, run: () => play.press("half") },
    { keys: ["d"], label: texts.room.keys.double, run: () => play.press("double") },
  ];
  useKeys([{ keys: ["Enter"], label: texts.room.keys.enter, run: submit }, ...(stakeKeys ? ofStake : [])]);
  useLeavesField(play);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    if (!event.repeat && !showsReadingFirst(event)) submit();
  };
  const stay = (/** @type {Event} */ event) => event.preventDefault();
  return html`<form class="panel-form" novalidate onSubmit=${stay} onKeyDown=${onKeyDown} aria-label=${t.title}
    data-testid="bet-panel">
    ${children}
  </form>`;
}
