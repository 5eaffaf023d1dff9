/** The bet panel of blackjack: the stake while bets are open, and the moves on the player's turn. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { MainButton, stepOf } from "../../room/main_button.js";
import { PanelForm, ResultLine, StakeField, Trouble, usePlacesQueued } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { texts } from "../../texts.js";
import { ActionButton } from "../../ui/action_button.js";
import { actionsOf, handToPlay } from "./table.js";

const text = texts.games.blackjack.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../../room/play.js").Play} Play */
/** @typedef {import("../../shapes.d.ts").GameData} GameData */

/** The moves in display order, each with its key. @type {[string, string][]} */
const MOVES = [
  ["hit", "h"],
  ["stand", "s"],
  ["double", "d"],
  ["split", "p"],
  ["insure", "i"],
  ["decline", "n"],
];
/** Moves that name their hand, so that a late one never applies to the next hand. */
const OF_A_HAND = new Set(["hit", "stand", "double", "split"]);

/** What the main button does next. @param {Play} play @param {GameData} view */
function blackjackStep(play, view) {
  const step = stepOf(play);
  if (step === "placing" || play.mine.value.length === 0) return step;
  return view.phase === "betting" ? "placed" : "playing";
}

/** The extra stake of a move in cents. @param {string} move @param {Record<string, any>} view @param {Play} play */
function costOf(move, view, play) {
  if (move === "insure") return Math.floor((play.mine.value[0]?.amount ?? 0) / 2);
  return move === "double" || move === "split" ? (handToPlay(view)?.amount ?? 0) : 0;
}

/** @param {{store: RoomStore, play: Play, offered: Record<string, any>, move: (name: string) => void}} props */
function Moves({ store, play, offered, move }) {
  const view = store.view.value;
  const dead = play.acting.value || play.cannotAct.value !== null;
  return html`<div class="moves" role="group" aria-label=${text.yours} data-testid="moves">
    ${MOVES.filter(([name]) => name in offered).map(([name, key]) => {
      const cost = costOf(name, view, play);
      const look = name === "hit" || name === "decline" ? "primary" : "";
      return html`<${ActionButton} key=${name} class=${`button large ${look}`} disabled=${dead} data-move=${name}
        guard=${play.guard} run=${() => move(name)}>
        <span>${text.moves[name]} ${cost > 0 && html`<small class="number">${text.more(cost)}</small>`}</span>
        ${html` <kbd aria-hidden="true">${key.toUpperCase()}</kbd>`}<//>`;
    })}
  </div>`;
}

/** @param {{play: Play, step: string, submit: () => void}} props */
function Main({ play, step, submit }) {
  const staked = play.mine.value.reduce((sum, bet) => sum + bet.amount, 0);
  const words = {
    placing: text.placing,
    placed: text.placed(staked),
    place: text.bet,
    queue: text.queue,
    queued: text.queued(play.queued.value?.amount ?? 0),
  }[step];
  return html`<div class="panel-main"><${MainButton} play=${play} step=${step} run=${submit}>${words}<//></div>`;
}

/** The player whose turn it is; empty for none. @param {RoomStore} store @returns {string} */
function turnOf(store) {
  const seat = store.view.value.turn?.seat;
  return store.players.value.find((sitter) => sitter.seat === seat)?.player ?? "";
}

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const play = playIn(store);
  /** The round in which we answered the insurance question. */
  const answered = useSignal("");
  /** The hand that we played last. */
  const played = useRef(-1);
  const [view, round] = [store.view.value, store.round.value?.round];
  const offered = view.phase === "insurance" && answered.value === round ? {} : actionsOf(view, store.you.value?.seat);
  const step = blackjackStep(play, view);
  const submit = () => {
    const now = blackjackStep(play, store.view.peek());
    if (now === "place") void play.bet({});
    else if (now === "queue") play.queue({});
  };
  const move = async (/** @type {string} */ name) => {
    if (!(name in offered) || play.cannotAct.peek()) return;
    if (!OF_A_HAND.has(name)) {
      if (await play.act(name)) answered.value = round ?? "";
      return;
    }
    const hand = store.view.peek().turn?.hand;
    // A repeated press is meant for the hand just played, not for the next one, which a split may have made.
    if (hand !== played.current && play.guard.repeats) return;
    played.current = hand;
    await play.act(name, { hand });
  };
  useKeys(
    MOVES.map(([name, key]) => ({
      keys: [key],
      label: text.keys[/** @type {keyof typeof text.keys} */ (name)],
      run: () => void move(name),
    })),
  );
  usePlacesQueued(play);
  const moving = Object.keys(offered).length > 0;
  const staked = play.mine.value.reduce((sum, bet) => sum + bet.amount, 0);
  return html`<${PanelForm} store=${store} submit=${submit} stakeKeys=${false}>
    ${
      moving &&
      html`<${Moves} store=${store} play=${play} offered=${offered}
      move=${(/** @type {string} */ name) => void move(name)} />`
    }
    ${
      !moving &&
      step === "playing" &&
      html`<p class="table-note dim number" data-testid="in-play">
      ${text.inPlay(staked, turnOf(store))}</p>`
    }
    ${!moving && step !== "playing" && html`<${StakeField} play=${play} />`}
    ${!moving && step !== "playing" && html`<${Main} play=${play} step=${step} submit=${submit} />`}
    <${Trouble} play=${play} />
    <${ResultLine} play=${play} />
  <//>`;
}
