/** The bet panel of blackjack: the stake while bets are open, the moves when it is one's turn. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { PanelForm, ResultLine, StakeField, Trouble, usePlacesQueued } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { actionsOf, handToPlay } from "./table.js";
import { text } from "./text.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../../room/play.js").Play} Play */

/** The moves in the order in which they stand, each with its key. @type {[string, string][]} */
const MOVES = [
  ["hit", "h"],
  ["stand", "s"],
  ["double", "d"],
  ["split", "p"],
  ["insure", "i"],
  ["decline", "n"],
];
/** Moves of one hand, which is named, so that a late one never meets the next hand. */
const OF_A_HAND = new Set(["hit", "stand", "double", "split"]);
/** A second press so soon means the hand that was played, not the next one that came from a split. */
const AGAIN_MS = 500;

/** @param {Play} play @param {Record<string, any>} view */
function stepOf(play, view) {
  if (play.placing.value) return "placing";
  if (view.phase === "betting") return play.mine.value.length > 0 ? "placed" : "place";
  if (play.mine.value.length > 0) return "playing";
  return play.queued.value ? "queued" : "queue";
}

/** What a move costs more, in cents; 0: nothing. @param {string} move @param {Record<string, any>} view @param {Play} play */
function costOf(move, view, play) {
  if (move === "insure") return Math.floor((play.mine.value[0]?.amount ?? 0) / 2);
  return move === "double" || move === "split" ? (handToPlay(view)?.amount ?? 0) : 0;
}

/** @param {{store: RoomStore, play: Play, offered: Record<string, any>, move: (name: string) => void}} props */
function Moves({ store, play, offered, move }) {
  const view = store.view.value;
  const dead = play.acting.value || play.blocked.value !== null;
  return html`<div class="moves" role="group" aria-label=${text.yours} data-testid="moves">
    ${MOVES.filter(([name]) => name in offered).map(([name, key]) => {
      const cost = costOf(name, view, play);
      return html`<button key=${name} type="button"
        class=${`button large ${name === "hit" || name === "decline" ? "primary" : ""}`} disabled=${dead}
        data-move=${name} onClick=${(/** @type {MouseEvent} */ event) => void (event.detail < 2 && move(name))}>
        <span>${text.moves[name]} ${cost > 0 && html`<small class="number">${text.more(cost)}</small>`}</span> <kbd
          aria-hidden="true">${key.toUpperCase()}</kbd>
      </button>`;
    })}
  </div>`;
}

/** @param {{play: Play, step: string, submit: () => void}} props */
function MainButton({ play, step, submit }) {
  const staked = play.mine.value.reduce((sum, bet) => sum + bet.amount, 0);
  const words = {
    placing: text.placing,
    placed: text.placed(staked),
    place: text.bet,
    queue: text.queue,
    queued: text.queued(play.queued.value?.amount ?? 0),
  }[step];
  const dead = play.blocked.value !== null || step === "placing" || step === "placed" || step === "queued";
  return html`<div class="panel-main">
    <button type="button" class=${`button large wide main-button ${step === "place" || step === "placing" ? "primary" : ""}`} disabled=${dead}
      aria-busy=${step === "placing" ? "true" : undefined} data-testid="main" data-step=${step}
      onClick=${(/** @type {MouseEvent} */ event) => void (event.detail < 2 && submit())}>${words}</button>
    ${
      play.queued.value &&
      html`<button type="button" class="button quiet" onClick=${() => (play.queued.value = null)}>
      ${text.unqueue}</button>`
    }
  </div>`;
}

/** Who is to play, by name; empty when nobody is. @param {RoomStore} store @returns {string} */
function turnOf(store) {
  const seat = store.view.value.turn?.seat;
  return store.players.value.find((sitter) => sitter.seat === seat)?.player ?? "";
}

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const play = playIn(store);
  /** The round in which we have answered the insurance. */
  const answered = useSignal("");
  /** The hand that was played last, and when. */
  const played = useRef({ hand: -1, at: -AGAIN_MS });
  const [view, round] = [store.view.value, store.round.value?.round];
  const offered = view.phase === "insurance" && answered.value === round ? {} : actionsOf(view, store.you.value?.seat);
  const step = stepOf(play, view);
  const submit = () => {
    const now = stepOf(play, store.view.peek());
    if (now === "place") void play.bet({});
    else if (now === "queue") play.queue({});
  };
  const move = async (/** @type {string} */ name) => {
    if (!(name in offered) || play.blocked.peek()) return;
    if (!OF_A_HAND.has(name)) {
      if (await play.act(name)) answered.value = round ?? "";
      return;
    }
    const hand = store.view.peek().turn?.hand;
    if (hand !== played.current.hand && performance.now() - played.current.at < AGAIN_MS) return;
    played.current = { hand, at: performance.now() };
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
    ${!moving && step !== "playing" && html`<${MainButton} play=${play} step=${step} submit=${submit} />`}
    <${Trouble} play=${play} />
    <${ResultLine} play=${play} />
  <//>`;
}
