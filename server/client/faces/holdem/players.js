/** Beside the table: the players with their stacks, and the hands in words. */

import { useEffect, useRef } from "preact/hooks";
import { chips } from "../../format.js";
import { html } from "../../html.js";
import { Here } from "../../room/people.js";
import { texts } from "../../texts.js";
import { linesOf } from "./log.js";
import { hasChips } from "./table.js";

const text = texts.games.holdem.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./table.js").SeatView} SeatView */

/** @param {string} round */
const numberOf = (round) => round.slice(round.lastIndexOf(".") + 1);

/** @param {{store: RoomStore}} props */
function Stacks({ store }) {
  const own = store.you.value?.player;
  const view = store.view.value.seats ? store.view.value : (store.view.value.past ?? {});
  /** @type {SeatView[]} */
  const seats = (view.seats ?? []).filter(hasChips);
  const total = seats.reduce((sum, { stack, staked }) => sum + stack + staked, 0);
  return html`<section class="people surface" aria-labelledby="players-title">
    <div class="row spread"><h2 id="players-title">${text.players}</h2>
      ${seats.length > 0 && html`<span class="dim small number">${text.stacks(seats.length, total)}</span>`}</div>
    ${seats.length === 0 && html`<p class="dim small">${text.nobody}</p>`}
    ${
      seats.length > 0 &&
      html`<div class="people-frame" tabindex="0" role="region" aria-label=${text.stacksLabel}>
      <table class="people-table" data-testid="stacks">
        <caption class="visually-hidden">${text.stacksLabel}</caption>
        <tbody>${[...seats]
          .sort((a, b) => b.stack - a.stack)
          .map(
            ({ seat, player, stack, state, away }) => html`<tr key=${seat} class=${player === own ? "own" : ""}
              data-player=${player}>
              <th scope="row"><a href=${`/users/${player}`}>${player}</a></th>
              <td class="dim">${text.states[state] || (away ? text.states.sitting_out : "")}</td>
              <td class="end number">${chips(stack)}</td></tr>`,
          )}</tbody>
      </table></div>`
    }
    <${Here} store=${store} />
  </section>`;
}

/** @param {{store: RoomStore}} props */
function HandLog({ store }) {
  const { view, round } = { view: store.view.value, round: store.round.value };
  /** @type {any[]} */
  const past = [...(view.hands ?? [])].reverse();
  const lines = linesOf(view);
  const frame = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (frame.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, [lines.length, past.length]);
  return html`<section class="hand-log surface" data-testid="hand-log">
    <h2 id="log-title">${text.log}</h2>
    ${lines.length + past.length === 0 && html`<p class="dim small">${text.logEmpty}</p>`}
    <div class="log-frame" ref=${frame} tabindex="0" role="region" aria-labelledby="log-title">
      ${past.map((hand) => html`<${Lines} key=${hand.round} round=${hand.round} lines=${linesOf(hand)} link />`)}
      ${round && lines.length > 0 && html`<${Lines} round=${round.round} lines=${lines} />`}
    </div>
  </section>`;
}

/** @param {{round: string, lines: string[], link?: boolean}} props */
function Lines({ round, lines, link = false }) {
  const title = text.hand(numberOf(round));
  return html`<h3 class="small">${link ? html`<a href=${`/rounds/${round}`}>${title}</a>` : title}</h3>
    <ol class="log-lines small">${lines.map((line, index) => html`<li key=${index}>${line}</li>`)}</ol>`;
}

/** @param {{store: RoomStore}} props */
export function People({ store }) {
  return html`<${Stacks} store=${store} /><${HandLog} store=${store} />`;
}
