/** The bet panel of hi-lo: the stake, then the guesses with their chances and multipliers. */

import { chipsExact, exactMultiplier } from "../../format.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { PlaceButton } from "../../room/main_button.js";
import { PanelForm, ResultLine, StakeField, Trouble } from "../../room/panel.js";
import { playIn, shownRound } from "../../room/play.js";
import { texts } from "../../texts.js";
import { ActionButton } from "../../ui/action_button.js";
import { payoutOf, TEN_THOUSANDTHS } from "../payout.js";

const t = texts.games.hilo.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../../shapes.d.ts").GameData} GameData */
/** @typedef {import("../../shapes.d.ts").LiveBet} LiveBet */

const UP = html`<svg class="hilo-sign" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5l8 13H4Z" /></svg>`;
const DOWN = html`<svg class="hilo-sign" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 19 4 6h16Z" /></svg>`;

/** The panel before the bet. @param {{store: RoomStore, bet: () => void}} props */
function Betting({ store, bet }) {
  const play = playIn(store);
  return html`<${PanelForm} store=${store} submit=${bet} stakeKeys=${false}>
    <${StakeField} play=${play} />
    <div class="panel-main hilo-wide">
      <${PlaceButton} play=${play} submit=${bet} words=${t.place} placing=${t.placing} />
    </div>
    <${Trouble} play=${play} />
    <${ResultLine} play=${play} />
  <//>`;
}

/**
 * The panel during a round, and after it until its last card is revealed.
 * @param {{store: RoomStore, view: GameData, bet: LiveBet, over: boolean, move: (action: string) => void}} props
 */
function Running({ store, view, bet, over, move }) {
  const play = playIn(store);
  const dead = over || play.cannotAct.value !== null || play.acting.value;
  const guess = (/** @type {"higher" | "lower"} */ name, /** @type {any} */ sign, /** @type {string} */ key) => {
    const offered = view[name];
    return html`<${ActionButton} class="button large hilo-guess" disabled=${dead || !offered} data-move=${name}
      guard=${play.guard} run=${() => move(name)}>
      <span class="hilo-name">${sign} ${t[name]} <kbd aria-hidden="true">${key}</kbd></span>
      <span class="hilo-same">${t.orSame}</span>
      <span class="hilo-odds number">
        ${
          offered &&
          html`<span>${exactMultiplier(offered.multiplier)}</span> <span class="dim">
          ${t.chance(offered.ranks)}</span>`
        }
      </span><//>`;
  };
  const started = view.row?.some((/** @type {any} */ lain) => lain.after === "higher" || lain.after === "lower");
  const worth = started ? payoutOf(bet.amount, Math.round(view.multiplier * 10_000), TEN_THOUSANDTHS) : bet.amount;
  return html`<div class="panel-form" data-testid="bet-panel">
    <div class="moves" role="group" aria-label=${t.moves}>
      ${guess("higher", UP, "H")} ${guess("lower", DOWN, "L")}
      <${ActionButton} class="button" disabled=${dead} data-move="skip" guard=${play.guard} run=${() => move("skip")}>
        ${t.skip} <kbd aria-hidden="true">S</kbd><//>
      <${ActionButton} class=${`button ${started ? "hilo-out" : ""}`} disabled=${dead} data-testid="main"
        data-step="cash-out" guard=${play.guard} run=${() => move("cashout")}>
        <span>
          <span class="hilo-what">${started ? t.cashOut : t.takeBack}</span>
          ${html` <span class="number">${chipsExact(worth)}</span>`}
        </span> <kbd aria-hidden="true">C</kbd><//>
    </div>
    <${Trouble} play=${play} />
  </div>`;
}

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const play = playIn(store);
  const ours = store.view.value.phase === "running" && play.mine.value.length > 0;
  const bet = () => {
    if (store.view.peek().phase === "betting") void play.bet({});
  };
  const move = (/** @type {string} */ action) => {
    if (ours && !play.cannotAct.peek()) void play.act(action);
  };
  useKeys([
    { keys: ["h"], label: t.keys.higher, run: () => move("higher") },
    { keys: ["l"], label: t.keys.lower, run: () => move("lower") },
    { keys: ["s"], label: t.keys.skip, run: () => move("skip") },
    { keys: ["c", " "], label: t.keys.cashOut, run: () => move("cashout") },
  ]);
  const shown = shownRound(play);
  return shown
    ? html`<${Running} store=${store} ...${shown} move=${move} />`
    : html`<${Betting} store=${store} bet=${bet} />`;
}
