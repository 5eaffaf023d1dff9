/** The bet panel of mines: stake and number of mines, then the cash-out button. */

import { onText } from "../../dom.js";
import { chipsExact, exactMultiplier } from "../../format.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { MainButton, PlaceButton } from "../../room/main_button.js";
import { PanelForm, ResultLine, StakeField, Trouble } from "../../room/panel.js";
import { playIn, shownRound } from "../../room/play.js";
import { texts } from "../../texts.js";
import { payoutOf, TEN_THOUSANDTHS } from "../payout.js";
import { choiceIn } from "./choice.js";

const t = texts.games.mines.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./choice.js").Choice} Choice */
/** @typedef {import("../../shapes.d.ts").GameData} GameData */
/** @typedef {import("../../shapes.d.ts").LiveBet} LiveBet */

/** @param {{choice: Choice}} props */
function MinesField({ choice }) {
  const wrong = choice.mines === null;
  return html`<div class="field">
    <label for="mines">${t.mines}</label>
    <div class="mines-count">
      <button type="button" class="button" aria-label=${t.fewer} onClick=${() => choice.change(-1)}>−</button>
      <input id="mines" class="input number" inputmode="numeric" autocomplete="off" value=${choice.typed.value}
        aria-invalid=${wrong ? "true" : undefined} aria-describedby="mines-error"
        onInput=${onText((value) => (choice.typed.value = value))} />
      <button type="button" class="button" aria-label=${t.more} onClick=${() => choice.change(1)}>+</button>
    </div>
    <p id="mines-error" class="error" hidden=${!wrong}>${t.minesBad}</p>
  </div>`;
}

/** The panel before the bet. @param {{store: RoomStore, choice: Choice}} props */
function Betting({ store, choice }) {
  const play = playIn(store);
  useKeys([
    { keys: ["+"], label: t.keys.more, run: () => choice.change(1), repeats: true },
    { keys: ["-"], label: t.keys.fewer, run: () => choice.change(-1), repeats: true },
  ]);
  return html`<${PanelForm} store=${store} submit=${() => choice.bet()}>
    <${StakeField} play=${play} selection=${choice.mines === null ? undefined : { mines: choice.mines }} />
    <${MinesField} choice=${choice} />
    <div class="panel-main">
      <${PlaceButton} play=${play} submit=${() => choice.bet()} words=${t.place} placing=${t.placing}
        ready=${choice.mines !== null} />
    </div>
    <${Trouble} play=${play} />
    <${ResultLine} play=${play} />
  <//>`;
}

/**
 * The panel during a round, and after it until the board is revealed.
 * @param {{store: RoomStore, choice: Choice, view: GameData, bet: LiveBet, over: boolean}} props
 */
function Running({ store, choice, view, bet, over }) {
  const play = playIn(store);
  useKeys([
    { keys: ["Enter", " "], label: t.keys.reveal, run: () => focusBoard(choice) },
    { keys: ["c"], label: t.keys.cashOut, run: () => void choice.cashOut() },
  ]);
  const started = view.revealed?.length > 0;
  const payout = payoutOf(bet.amount, Math.round((view.multiplier ?? 1) * 10_000), TEN_THOUSANDTHS);
  const worth = started ? `${exactMultiplier(view.multiplier)} = ${chipsExact(payout)}` : chipsExact(bet.amount);
  const busy = play.acting.value && choice.pending.value === null;
  return html`<div class="panel-form" data-testid="bet-panel">
    <p class="mines-yours number" data-part="own">${t.yours(bet.amount, view.hidden)} <span class="dim small">${t.uncover}</span></p>
    <div class="panel-main mines-out">
      <${MainButton} play=${play} step="cash-out" move look=${started ? "cash-out" : ""} disabled=${over || play.acting.value}
        run=${() => void choice.cashOut()}>
        ${
          busy
            ? t.cashing
            : html`<span class="what">${started ? t.cashOut : t.takeBack}</span> <span class="worth number">
                ${worth}</span>`
        }<//>
    </div>
    <${Trouble} play=${play} />
  </div>`;
}

/**
 * Enter and Space uncover a cell only on the board, where its focus shows. From elsewhere, they focus the board.
 * @param {Choice} choice
 */
function focusBoard(choice) {
  const cell = document.querySelector(`.mines-board [data-cell="${choice.at.peek()}"]`);
  if (cell instanceof HTMLElement) cell.focus();
}

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const choice = choiceIn(store);
  const shown = shownRound(playIn(store));
  return shown
    ? html`<${Running} store=${store} choice=${choice} ...${shown} />`
    : html`<${Betting} store=${store} choice=${choice} />`;
}
