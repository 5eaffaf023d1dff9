/** The coin duel: the coin, the two players' sides, and the flip. The server decides the result. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { announce } from "../../dom.js";
import { chips } from "../../format.js";
import { html } from "../../html.js";
import { useReveal } from "../../room/reveal.js";
import { texts } from "../../texts.js";
import { duelIn } from "./duel.js";

const t = texts.games.coinduel.face;

export { BetPanel } from "./panel.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../../shapes.d.ts").RoomState} RoomState */
/** @typedef {import("./duel.js").Duel} Duel */
/** @typedef {import("./duel.js").Holder} Holder */

/**
 * The first bet of a round is the challenge, so its player is told that it was taken.
 * @type {NonNullable<import("../../shapes.d.ts").Tile["called"]>}
 */
export function called({ type, results, outcome }, player) {
  return type === "round_ended" && outcome.side && results[0]?.player === player ? t.taken : null;
}

const TURNS = 4;
const FLIP_MS = 900;

function Head() {
  return html`<svg viewBox="0 0 48 48" aria-hidden="true"><path
    d="M24 6a10 10 0 0 0-10 10.5c0 4 1.8 7.4 4.6 9.3v3.7C12.4 31.6 8.6 36 8 42h32c-.6-6-4.4-10.4-10.6-12.5v-3.7c2.8-1.9 4.6-5.3 4.6-9.3A10 10 0 0 0 24 6Z" /></svg>`;
}

function Tail() {
  return html`<svg viewBox="0 0 48 48" aria-hidden="true">
    <path d="M20.5 12.5 26 9h2.5v22H32v4H19v-4h4.5V14.6l-3 1.6v-3.7Z" />
    <path class="laurel" d="M10 12c-4.5 8-3.5 20 6 27M38 12c4.5 8 3.5 20-6 27M8.5 18.5l-4-3M8 25l-5-1.5M10 32l-5 1M39.5 18.5l4-3M40 25l5-1.5M38 32l5 1" />
  </svg>`;
}

/** The coin, which flips to the drawn side while the result is being revealed. @param {RoomStore} store @param {Duel} duel */
function useFlip(store, { round, side }) {
  const coin = useRef(/** @type {HTMLElement | null} */ (null));
  const hidden = store.reveals.hides(round);
  // Before the first frame, in which the coin would lie already.
  useLayoutEffect(() => {
    const node = coin.current;
    if (!node || !hidden) return undefined;
    const end = TURNS * 360 + (side === "tails" ? 180 : 0);
    const flip = node.animate(
      [
        { transform: "translateY(0) scale(1) rotateX(0deg)", easing: "cubic-bezier(0.2, 0.6, 0.4, 1)" },
        {
          transform: `translateY(-22%) scale(1.14) rotateX(${end * 0.55}deg)`,
          offset: 0.45,
          easing: "cubic-bezier(0.5, 0, 0.7, 0.6)",
        },
        { transform: `translateY(0) scale(1) rotateX(${end}deg)` },
      ],
      { duration: FLIP_MS },
    );
    flip.onfinish = () => store.reveals.end(round);
    return () => {
      flip.cancel();
      store.reveals.end(round);
    };
  }, [round, hidden]);
  return coin;
}

/** @param {{store: RoomStore, duel: Duel, landed: boolean}} props */
function Coin({ store, duel, landed }) {
  const coin = useFlip(store, duel);
  const words = duel.side && landed ? `${t.coin}: ${t.sides[duel.side]}` : t.coin;
  return html`<div class="coin-room" role="img" aria-label=${words}>
    <div ref=${coin} class="coin" data-side=${duel.side ?? "none"}>
      <div class="coin-face heads"><${Head} /><span>${t.sides.heads}</span></div>
      <div class="coin-face tails"><${Tail} /><span>${t.sides.tails}</span></div>
    </div>
  </div>`;
}

/** @param {{side: "heads" | "tails", duel: Duel, landed: boolean, you: string | undefined}} props */
function Side({ side, duel, landed, you }) {
  const holder = duel[side];
  const result = landed ? (holder?.result ?? null) : null;
  const tone = result === "win" ? "win" : result === "loss" ? "lost" : "";
  const drawn = landed && duel.side === side ? "drawn" : "";
  return html`<div class=${`duel-side ${side} ${tone} ${drawn}`} data-testid=${side}
    data-part=${holder && holder.player === you ? "own" : undefined}>
    <h2 class="small dim">${t.sides[side]}</h2>
    <p class="duel-name">
      ${holder ? holder.player : html`<span class="dim">${duel.phase === "open" ? t.free : "–"}</span>`}${
        holder && holder.player === you && html` <span class="dim small">${t.you}</span>`
      }</p>
    <p class="small number">${
      result === "win" && holder
        ? t.wins(holder.payout)
        : result === "loss"
          ? t.loses
          : holder
            ? chips(holder.amount)
            : html`<span class="dim">${duel.phase === "open" ? t.freeHint : ""}</span>`
    }</p>
  </div>`;
}

/** The state of the duel in a sentence. @param {Duel} duel @param {boolean} landed @param {boolean} seated */
function wordsOf({ phase, side, heads, tails, challenger }, landed, seated) {
  if (phase === "open") {
    const [amount, call] = heads ? [heads.amount, "heads"] : [tails?.amount ?? 0, "tails"];
    return t.stands(challenger ?? "", amount, call);
  }
  if (phase === "withdrawn") return challenger ? t.tookBack(challenger) : t.tookBackBefore;
  if (phase === "drawn") return heads || tails ? (landed ? t.drawn(side ?? "") : "") : t.drawnBefore(side ?? "");
  return seated ? t.waiting : t.watching;
}

/** Announces the winner when the coin has landed. @param {Duel} duel @param {boolean} landed */
function useSaid({ phase, round, side, heads, tails }, landed) {
  useEffect(() => {
    const winner = side === "heads" ? heads : tails;
    if (phase === "drawn" && landed && side && winner) announce(t.said(side, winner.player));
  }, [round, landed]);
}

/** @param {{store: RoomStore}} props */
export function Face({ store }) {
  const state = /** @type {RoomState} */ (store.state.value);
  const duel = duelIn(state);
  useReveal(store, ({ outcome }) => Boolean(outcome.side));
  const landed = !store.reveals.hides(duel.round);
  useSaid(duel, landed);
  const you = state.you?.player;
  return html`<div class="coinduel-face" data-testid="coinduel" data-phase=${duel.phase} data-round=${duel.round}
    data-side=${landed ? duel.side : undefined}>
    <div class="duel" data-part="board">
      <${Side} side="heads" duel=${duel} landed=${landed} you=${you} />
      <${Coin} store=${store} duel=${duel} landed=${landed} />
      <${Side} side="tails" duel=${duel} landed=${landed} you=${you} />
      <p class="duel-words" data-testid="duel-words">${wordsOf(duel, landed, state.you !== null)}</p>
    </div>
  </div>`;
}
