/** The keno face: the board, the drawn numbers, and the payouts. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { announce } from "../../dom.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { useReveal } from "../../room/reveal.js";
import { texts } from "../../texts.js";
import { choiceIn } from "./choice.js";
import { DRAWN, hitsOf, MOST_PICKS, NUMBERS } from "./math.js";

const text = texts.games.keno.face;

export { BetPanel } from "./panel.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./choice.js").Choice} Choice */
/**
 * @typedef {{
 *   round: string,
 *   drawn: number[],
 *   picks: number[],
 *   paid: boolean,
 * }} Draw `picks` is empty for a round that we did not see
 */

const BETWEEN_MS = 130;

/** @param {RoomStore} store @returns {Draw | null} */
function lastDraw(store) {
  const newest = store.state.value?.history[0];
  if (!newest) return null;
  const settled = (store.view.value.settled ?? []).find((/** @type {any} */ bet) =>
    bet.bet.startsWith(`${newest.round}.`),
  );
  return {
    round: newest.round,
    drawn: newest.outcome.drawn,
    picks: settled?.selection?.picks ?? [],
    paid: settled?.payout > 0,
  };
}

/** How many drawn numbers are shown: one more at a time while they are being revealed. @param {RoomStore} store @param {Draw | null} draw */
function useCounted(store, draw) {
  const counted = useSignal({ round: "", out: 0 });
  const round = draw?.round ?? "";
  const hidden = store.reveals.hides(round);
  const said = useRef(round);
  useEffect(() => {
    if (!hidden) return undefined;
    const timer = setInterval(() => {
      const out = counted.peek().round === round ? counted.peek().out + 1 : 1;
      counted.value = { round, out };
      if (out < DRAWN) return;
      clearInterval(timer);
      store.reveals.end(round);
    }, BETWEEN_MS);
    return () => {
      clearInterval(timer);
      store.reveals.end(round);
    };
  }, [round, hidden]);
  useEffect(() => {
    if (hidden || !draw || said.current === round) return;
    said.current = round;
    announce(text.saidDrawn(draw.drawn));
    if (draw.picks.length) announce(text.saidHits(hitsOf(draw.picks, draw.drawn), draw.picks.length));
  }, [round, hidden]);
  if (!hidden) return DRAWN;
  return counted.value.round === round ? counted.value.out : 0;
}

/** The current number of columns of the board. @param {HTMLElement | null} board */
const columnsOf = (board) => (board ? getComputedStyle(board).gridTemplateColumns.split(" ").length : 1);

/** @param {{choice: Choice, picks: number[], drawn: number[], seated: boolean}} props */
function Board({ choice, picks, drawn, seated }) {
  const board = useRef(/** @type {HTMLElement | null} */ (null));
  const cursor = useSignal(1);
  const focus = () =>
    /** @type {HTMLElement | null | undefined} */ (board.current?.children[cursor.peek() - 1])?.focus();
  const press = (/** @type {number} */ number) => void (seated && (choice.toggle(number) || announce(text.full)));
  useKeys([
    { keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], label: text.keys.move, run: focus, repeats: true },
    { keys: [" "], label: text.keys.pick, run: () => press(cursor.peek()) },
  ]);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const columns = columnsOf(board.current);
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (step) {
      event.preventDefault();
      const next = cursor.peek() + step;
      if (next >= 1 && next <= NUMBERS) cursor.value = next;
      focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (!event.repeat) press(cursor.peek());
    }
  };
  return html`<div class="keno-board" data-part="board" ref=${board} role="group" aria-label=${text.board} data-testid="board"
    onKeyDown=${onKeyDown}
    onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()}>
    ${Array.from({ length: NUMBERS }, (_, n) => n + 1).map((number) => {
      const [picked, out] = [picks.includes(number), drawn.includes(number)];
      const state = out ? (picked ? text.hit : text.drawn) : "";
      return html`<button type="button" key=${number}
        class=${`keno-number number ${picked ? "picked" : ""} ${out ? "drawn" : ""}`}
        disabled=${!seated} tabindex=${number === cursor.value ? 0 : -1} aria-pressed=${picked ? "true" : "false"}
        aria-label=${text.number(number, state)} data-part=${picked ? "own" : undefined}
        onFocus=${() => (cursor.value = number)} onClick=${() => press(number)}><span>${number}</span></button>`;
    })}
  </div>`;
}

/** @param {{choice: Choice, hits: number | null}} props */
function Table({ choice, hits }) {
  const table = choice.table.value;
  if (!table) return html`<p class="keno-hint dim">${text.pick}</p>`;
  const paying = table.map((pays, n) => ({ pays, n })).filter(({ pays }) => pays > 0);
  const cell = (/** @type {number} */ n, /** @type {string | number} */ words) =>
    html`<td key=${n} class=${`number ${n === hits ? "now" : ""}`}>${words}</td>`;
  return html`<div class="keno-pays" role="region" tabindex="0" aria-label=${text.table}>
    <table>
      <caption class="visually-hidden">${text.table}</caption>
      <tbody>
        <tr><th scope="row">${text.hitsHead}</th>${paying.map(({ n }) => cell(n, n))}</tr>
        <tr><th scope="row">${text.paysHead}</th>${paying.map(({ n, pays }) => cell(n, text.times(pays)))}</tr>
      </tbody>
    </table>
  </div>`;
}

/** @param {{store: RoomStore}} props */
export function Face({ store }) {
  const choice = choiceIn(store);
  const seated = store.you.value !== null;
  const draw = lastDraw(store);
  useReveal(store, () => true, { endsWithBet: true });
  const out = useCounted(store, draw);
  useEffect(() => {
    if (draw) choice.shows.value = true;
  }, [draw?.round]);
  const shown = draw && (choice.shows.value || !seated) ? draw : null;
  const drawn = shown?.drawn.slice(0, out) ?? [];
  const picks = seated ? choice.picks.value : (shown?.picks ?? []);
  const hits = shown?.picks.length ? hitsOf(shown.picks, drawn) : null;
  const words =
    hits !== null && shown
      ? text.hits(hits, shown.picks.length)
      : seated
        ? text.picked(picks.length, MOST_PICKS)
        : shown
          ? ""
          : text.watching;
  return html`<div class="keno-face" data-testid="keno" data-round=${draw?.round} data-out=${shown ? out : 0}>
    <p class=${`keno-words ${hits === null ? "dim" : shown?.paid && out === DRAWN ? "bright" : ""}`}
      data-testid="keno-words">${words}</p>
    ${seated ? html`<${Table} choice=${choice} hits=${hits} />` : html`<div></div>`}
    <${Board} choice=${choice} picks=${picks} drawn=${drawn} seated=${seated} />
    <ol class="keno-drawn" aria-label=${text.lastDrawn}>
      ${drawn.map(
        (number) => html`<li key=${number} class=${`number ${shown?.picks.includes(number) ? "hit" : ""}`}>
        ${number}</li>`,
      )}
    </ol>
  </div>`;
}
