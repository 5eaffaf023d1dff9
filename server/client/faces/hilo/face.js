/** The hi-lo face: the current card, the worth of the bet, and the previous cards. */

import { useEffect, useRef } from "preact/hooks";
import { announce } from "../../dom.js";
import { exactMultiplier } from "../../format.js";
import { html } from "../../html.js";
import { endText } from "../../room/last_round.js";
import { useReveal, useRevealByAnimations } from "../../room/reveal.js";
import { texts } from "../../texts.js";
import { PlayingCard } from "../../ui/playing_card.js";

const t = texts.games.hilo.face;

export { BetPanel } from "./panel.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {{card: string, after: string}} Lain */

/** The signs of the guesses, each with a shape of its own. @type {Record<string, string>} */
const SIGNS = {
  bet: "M5 12h14M12 5v14",
  higher: "M12 5l8 13H4Z",
  lower: "M12 19 4 6h16Z",
  skip: "M4 5l8 7-8 7ZM13 5l8 7-8 7Z",
};

/** The shown round: the running one, or the last one until the next bet. @param {Record<string, any>} view */
const tableOf = (view) => (view.phase === "betting" ? (view.past ?? {}) : view);

/** @param {{store: RoomStore}} props */
function Status({ store }) {
  const view = store.view.value;
  if (view.phase === "running") {
    return html`<p class="hilo-status" data-part="own" data-testid="status">
      <span class="dim small">${t.worth}</span> <strong class="number">${exactMultiplier(view.multiplier)}</strong></p>`;
  }
  if (store.reveals.hidden.value.length > 0) return html`<p class="hilo-status" data-testid="status">…</p>`;
  const { words, tone } = tableOf(view).row
    ? endText(store, t.lost)
    : { words: store.you.value ? t.start : t.watching, tone: "dim" };
  return html`<p class=${`hilo-status number ${tone}`} data-testid="status">${words}</p>`;
}

/** The previous cards, newest first. @param {{row: Lain[]}} props */
function Row({ row }) {
  const before = row.map((lain, index) => ({ ...lain, index })).reverse();
  return html`<ol class="hilo-row" aria-label=${t.row} data-testid="row" tabindex="0">
    ${before.map(
      ({ card, after, index }) => html`<li key=${index} data-after=${after}>
        <svg class="hilo-sign" viewBox="0 0 24 24" role="img" aria-label=${t.after[after]}>
          <path d=${SIGNS[after]} /></svg>
        <${PlayingCard} card=${card} />
      </li>`,
    )}
  </ol>`;
}

/** Announces the dealt cards: the last one of a round when it is revealed. @param {RoomStore} store */
function useSpoken(store) {
  useEffect(() => {
    let last = "";
    const stops = [
      store.onEvent(({ type, card, after, multiplier }) => {
        if (type !== "dealt") return;
        if (multiplier === 0) last = t.saidWrong(card);
        else announce(after === "higher" || after === "lower" ? t.saidRight(card, multiplier) : t.saidDealt(card));
      }),
      store.onRevealed(() => {
        if (last) announce(last);
        last = "";
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
}

/** @param {{store: RoomStore}} props */
export function Face({ store }) {
  useSpoken(store);
  const node = useRef(/** @type {HTMLElement | null} */ (null));
  useReveal(store, () => true, { endsWithBet: true });
  useRevealByAnimations(store, node, ".playing-card");
  const view = store.view.value;
  /** @type {Lain[]} */
  const row = tableOf(view).row ?? [];
  const shown = row.at(-1)?.card ?? null;
  const wrong = row.length > 0 && tableOf(view).multiplier === 0;
  return html`<div class="hilo-face" ref=${node} data-testid="hilo" data-phase=${view.phase} data-cards=${row.length}>
    <${Status} store=${store} />
    <div class=${`hilo-card ${wrong ? "wrong" : ""}`} data-part="board" data-testid="card" data-card=${shown}>
      <${PlayingCard} key=${row.length} card=${shown} /></div>
    <${Row} row=${row} />
  </div>`;
}
