/** The mines face: the board, and the worth of the bet above it. */

import { useEffect, useRef } from "preact/hooks";
import { announce } from "../../dom.js";
import { exactMultiplier } from "../../format.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { endText } from "../../room/last_round.js";
import { playIn } from "../../room/play.js";
import { useReveal, useRevealByAnimations } from "../../room/reveal.js";
import { texts } from "../../texts.js";
import { beside, boardOf, cellsOf, STEPS } from "./board.js";
import { choiceIn } from "./choice.js";
import { chanceOfNext } from "./math.js";

const t = texts.games.mines.face;

export { BetPanel } from "./panel.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */

function Gem() {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true">
    <path class="gem" d="M7 4h10l5 6-10 11L2 10Z" /><path class="gem-edges"
      d="M2 10h20M7 4l2 6 3 11 3-11 2-6M9 10l3-6 3 6" />
  </svg>`;
}

function Mine() {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true">
    <path class="mine-spikes" d="M12 1.5v21M1.5 12h21M4.6 4.6l14.8 14.8M19.4 4.6 4.6 19.4" />
    <circle class="mine-body" cx="12" cy="12" r="6.5" />
    <circle class="mine-light" cx="9.7" cy="9.7" r="1.7" />
  </svg>`;
}

/** @param {{store: RoomStore}} props */
function Status({ store }) {
  const view = store.view.value;
  if (view.phase === "running" && view.multiplier !== undefined) {
    const chance = chanceOfNext(view.hidden, view.revealed.length);
    return html`<dl class="mines-status" data-testid="status">
      <div><dt>${t.worth}</dt><dd class="mines-worth number">${exactMultiplier(view.multiplier)}</dd></div>
      <div class="mines-next"><dt>${t.next}</dt><dd class="number">${exactMultiplier(view.next)} <span
        class="dim small">${t.chance(chance)}</span></dd></div>
    </dl>`;
  }
  if (store.reveals.hidden.value.length > 0)
    return html`<p class="mines-status mines-words" data-testid="status">…</p>`;
  const { words, tone } = boardOf(view).mines
    ? endText(store, t.lost)
    : { words: store.you.value ? t.start : t.watching, tone: "dim" };
  return html`<p class=${`mines-status mines-words number ${tone}`} data-testid="status">${words}</p>`;
}

/** Moves the focus on the board with the arrow keys. The first key focuses the board. @param {RoomStore} store */
function useBoardKeys(store) {
  const [choice, board] = [choiceIn(store), useRef(/** @type {HTMLElement | null} */ (null))];
  const focus = (/** @type {number} */ cell) => {
    choice.at.value = cell;
    const node = board.current?.querySelector(`[data-cell="${cell}"]`);
    if (node instanceof HTMLElement) node.focus();
  };
  const come = () => focus(choice.at.peek());
  useKeys([
    { keys: ["ArrowLeft"], label: t.keys.left, run: come },
    { keys: ["ArrowRight"], label: t.keys.right, run: come },
    { keys: ["ArrowUp"], label: t.keys.up, run: come },
    { keys: ["ArrowDown"], label: t.keys.down, run: come },
  ]);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step) focus(beside(choice.at.peek(), step));
    else if (event.key !== "Enter" && event.key !== " ") return;
    // Before the bet, Enter places the bet.
    else if (!choice.ours) return;
    else if (!event.repeat) void choice.reveal(choice.at.peek());
    event.preventDefault();
  };
  return { board, onKeyDown };
}

/** Announces what happens on the board: a mine when it is revealed. @param {RoomStore} store */
function useSpoken(store) {
  useEffect(() => {
    let last = "";
    const stops = [
      store.onEvent((event) => {
        if (event.type === "laid") announce(t.saidLaid(event.hidden));
        else if (event.type === "revealed") announce(t.saidSafe(event.cell, event.multiplier));
        else if (event.type === "exploded") last = t.saidHit(event.cell);
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
function Board({ store }) {
  const [choice, play] = [choiceIn(store), playIn(store)];
  const { board, onKeyDown } = useBoardKeys(store);
  const cells = cellsOf(boardOf(store.view.value), choice.pending.value);
  const dead = !choice.ours || play.cannotAct.value !== null;
  return html`<div ref=${board} class="mines-board" data-part="board" role="group" aria-label=${t.board} data-testid="board"
    data-phase=${store.view.value.phase}
    aria-busy=${choice.pending.value !== null ? "true" : undefined} onKeyDown=${onKeyDown}>
    ${cells.map(
      (state, cell) => html`<button key=${cell} type="button" class="mines-cell" data-cell=${cell} data-state=${state}
        tabindex=${cell === choice.at.value ? 0 : -1} aria-label=${t.cell(cell, state)}
        aria-disabled=${dead || state !== "covered" ? "true" : undefined}
        onFocus=${() => (choice.at.value = cell)} onClick=${() => void choice.reveal(cell)}>
        ${state === "safe" ? html`<${Gem} />` : state === "mine" || state === "hit" ? html`<${Mine} />` : null}
      </button>`,
    )}
  </div>`;
}

/** @param {{store: RoomStore}} props */
export function Face({ store }) {
  useSpoken(store);
  const node = useRef(/** @type {HTMLElement | null} */ (null));
  useReveal(store, () => true, { endsWithBet: true });
  useRevealByAnimations(store, node, ".mines-cell svg");
  return html`<div class="mines-face" ref=${node} data-testid="mines">
    <${Status} store=${store} />
    <${Board} store=${store} />
  </div>`;
}
