/** The plinko face: pegs, falling balls, and the slots with their payouts. */

import { useEffect, useRef } from "preact/hooks";
import { announce } from "../../dom.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { useReveal } from "../../room/reveal.js";
import { texts } from "../../texts.js";
import { boardIn } from "./board.js";
import { keepPainting } from "./canvas.js";
import { shown } from "./tables.js";

const t = texts.games.plinko.face;

export { BetPanel } from "./panel.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./board.js").Board} Board */

/** From these numbers of rows on, slots on narrow boards are too narrow for horizontal numbers. */
const [MANY_ROWS, MOST_ROWS] = [10, 14];

/** @param {number} multiplier hundredths */
const rankOf = (multiplier) => (multiplier < 100 ? "low" : multiplier < 1000 ? "high" : "top");

/** @param {number} multiplier hundredths */
const toneOf = (multiplier) => (multiplier > 100 ? "win" : multiplier < 100 ? "loss" : "");

/** The last ball, if it landed on the shown board. @param {Board} board */
function landedHere(board) {
  const ball = board.landed.value;
  return ball && ball.path.length === board.rows.value && ball.risk === board.risk.value ? ball : null;
}

/** @param {{board: Board}} props */
function Slots({ board }) {
  const [rows, ball] = [board.rows.value, landedHere(board)];
  return html`<ol class=${`plinko-slots ${rows >= MANY_ROWS ? "many" : ""} ${rows >= MOST_ROWS ? "most" : ""}`}
    style=${{ "--slots": rows + 1 }} aria-label=${t.slots} data-testid="slots">
    ${board.table.value.map((multiplier, slot) => {
      const hit = ball?.slot === slot;
      // A new element for each ball restarts the animation.
      return html`<li key=${hit ? `${slot} ${ball.round}` : slot}
        class=${`number ${rankOf(multiplier)} ${hit ? "hit" : ""}`}>
        <span>${shown(multiplier)}</span>
      </li>`;
    })}
  </ol>`;
}

/** @param {{board: Board}} props */
function Landed({ board }) {
  const ball = board.landed.value;
  useEffect(() => {
    if (ball) announce(t.landed(ball.slot, shown(ball.multiplier)));
  }, [ball?.round]);
  return html`<p class="plinko-landed" key=${ball?.round} data-testid="landed" data-round=${ball?.round}
    aria-hidden="true">
    ${
      ball &&
      html`<strong class=${`number ${toneOf(ball.multiplier)}`}>${t.pays(shown(ball.multiplier))}</strong>
      <span class="dim small">${t.slot(ball.slot)}</span>`
    }
  </p>`;
}

/** The picture in words. @param {{store: RoomStore, board: Board}} props */
function Said({ store, board }) {
  const [ball, newest] = [board.landed.value, store.history.value[0]];
  const words = ball
    ? t.landed(ball.slot, shown(ball.multiplier))
    : newest && t.landedBefore(newest.outcome.slot, newest.outcome.path.length);
  return html`<p class="visually-hidden">${words}</p>`;
}

/** @param {{store: RoomStore}} props */
export function Face({ store }) {
  const board = boardIn(store);
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(() => (canvas.current ? keepPainting(canvas.current, board) : undefined), []);
  // Several balls may fall at once, so a new bet does not end the reveal.
  useReveal(store, () => true);
  useEffect(() => store.onEvent((event) => board.take(event, store.you.peek() === null)), []);
  useEffect(() => store.onRevealed(({ round }) => board.revealed(round)), []);
  const rows = (/** @type {number} */ by) => () => board.setRows(board.rows.peek() + by);
  useKeys([
    { keys: ["ArrowDown"], label: t.keys.fewer, run: rows(-1), repeats: true },
    { keys: ["ArrowUp"], label: t.keys.more, run: rows(1), repeats: true },
    { keys: ["ArrowLeft"], label: t.keys.lower, run: () => board.stepRisk(-1) },
    { keys: ["ArrowRight"], label: t.keys.higher, run: () => board.stepRisk(1) },
  ]);
  const falling = board.falling.value.length;
  return html`<div class="plinko-face" data-testid="plinko" data-falling=${falling}
    data-played=${falling > 0 || board.landed.value ? "" : undefined}>
    <div class="plinko-board" data-part="board">
      <canvas ref=${canvas} class="plinko-canvas" role="img" aria-label=${t.board(board.rows.value)}></canvas>
      <${Landed} board=${board} />
      <${Slots} board=${board} />
      <${Said} store=${store} board=${board} />
    </div>
  </div>`;
}
