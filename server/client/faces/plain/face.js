/** The plain face: shows the view of any game. Its panel is drawn from the game's schema. */

import { useEffect, useRef } from "preact/hooks";
import { announce } from "../../dom.js";
import { html } from "../../html.js";
import { texts } from "../../texts.js";
import { useNow } from "../../ui/now.js";
import { Chip, PlayingCard } from "../../ui/playing_card.js";
import { TurnTimer } from "../../ui/turn_timer.js";
import { panelOf } from "./panel.js";
import { entriesOf, isCard, isMoney, plainTile, said, words } from "./tile.js";
import { areCards, areRows, clocksOf, columnsOf, factsOf, turnOf } from "./view.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {NonNullable<ReturnType<typeof turnOf>>} Turn */

const t = texts.room.plain;

/** Events that don't change a game's view. */
const BESIDE = new Set(["tick", "chat", "spectators", "player_joined", "player_left", "player_away", "player_back"]);
const REFRESH_MS = 150;

/**
 * Keeps the view up to date: requests it after events, once for events that arrive together.
 * @param {RoomStore} store
 */
function useFreshView(store) {
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const ask = () => {
      timer = undefined;
      store.refresh().catch(() => undefined); // after a reconnect, a snapshot arrives anyway
    };
    const stop = store.onEvent((event) => {
      if (!BESIDE.has(event.type)) timer ??= setTimeout(ask, REFRESH_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store]);
}

/** A clock that runs down. Its bar is full when it is first seen. @param {{store: RoomStore, at: number}} props */
function Clock({ store, at }) {
  const total = useRef({ at: 0, ms: 0 });
  if (total.current.at !== at) total.current = { at, ms: at - store.now() };
  return html`<${TurnTimer} key=${at} endsAt=${at} total=${total.current.ms} clock=${() => store.now()} />`;
}

/** The phase, the clocks, and whose turn it is. @param {{store: RoomStore, turn: Turn | null}} props */
function Head({ store, turn }) {
  const view = store.view.value;
  useNow(500);
  const [clocks, you] = [clocksOf(view, store.now()), store.you.value];
  const mine = turn !== null && turn.seat === you?.seat;
  useEffect(() => {
    if (mine) announce(t.yourTurn);
  }, [mine]);
  return html`<div class="plain-head" data-testid="phase" data-phase=${view.phase}>
    <p class="plain-phase">${t.phases[view.phase] ?? words(view.phase ?? "")}</p>
    ${clocks.map(
      ({ name, at }) => html`<div key=${name} class="plain-clock" data-testid="clock">
        <span class="dim">${t.clocks[name] ?? t.clock(words(name.replace(/_(at|until)$/, "")))}</span>
        <${Clock} store=${store} at=${at} />
      </div>`,
    )}
    ${
      turn &&
      html`<div class=${`plain-turn ${mine ? "mine" : ""}`} data-testid="turn">
        <strong>${mine ? t.yourTurn : t.turnOf(turn.player ?? t.seat(turn.seat))}</strong>
        ${turn.endsAt !== null && html`<${Clock} store=${store} at=${turn.endsAt} />`}
      </div>`
    }
  </div>`;
}

/** @param {{cards: (string | null)[]}} props */
const Cards = ({ cards }) =>
  html`<span class="plain-cards">${cards.map((card, index) => html`<${PlayingCard} key=${`${index}${card}`} card=${card} />`)}</span>`;

/**
 * A list of objects, one per row. The row of the player whose turn it is stands out.
 * @param {{name: string, rows: Record<string, any>[], turn: Turn | null, you: string | undefined}} props
 */
function Rows({ name, rows, turn, you }) {
  const columns = columnsOf(rows);
  return html`<div class="plain-rows" tabindex="0" role="region" aria-label=${words(name)}><table>
    <thead><tr>${columns.map((column) => html`<th key=${column} scope="col">${words(column)}</th>`)}</tr></thead>
    <tbody>${rows.map((row, index) => {
      const acts = turn !== null && row.seat === turn.seat;
      return html`<tr key=${row.seat ?? row.bet ?? index} class=${acts ? "acts" : ""} aria-current=${acts ? "true" : undefined}>
        ${columns.map(
          (column) =>
            html`<td key=${column}><${Value} name=${column} value=${row[column]} turn=${turn} you=${you} />${
              column === "player" && row.player === you && html` <span class="dim">${texts.room.people.you}</span>`
            }</td>`,
        )}
      </tr>`;
    })}</tbody>
  </table></div>`;
}

/** @param {{name: string, value: any, turn?: Turn | null, you?: string}} props */
function Value({ name, value, turn = null, you }) {
  if (isCard(value)) return html`<${Cards} cards=${[value]} />`;
  if (areCards(name, value)) return html`<${Cards} cards=${value} />`;
  if (areRows(value)) return html`<${Rows} name=${name} rows=${value} turn=${turn} you=${you} />`;
  if (Array.isArray(value)) {
    return html`<ul class="plain-list">${value.map(
      (each, index) => html`<li key=${index}><${Value} name=${name} value=${each} /></li>`,
    )}</ul>`;
  }
  if (typeof value === "object" && value !== null) {
    return html`<dl class="plain-inner">${entriesOf(value).map(
      ([each, inner]) =>
        html`<div key=${each}><dt>${words(each)}</dt><dd><${Value} name=${each} value=${inner} /></dd></div>`,
    )}</dl>`;
  }
  if (isMoney(name) && typeof value === "number") return html`<${Chip}>${said(name, value)}<//>`;
  return html`<span class="number">${said(name, value)}</span>`;
}

/** @param {{store: RoomStore}} props */
function Face({ store }) {
  useFreshView(store);
  const [view, you, last] = [store.view.value, store.you.value?.player, store.last.value];
  const turn = turnOf(view, store.players.value);
  const outcome = view.phase === "betting" && last ? factsOf(last.outcome) : [];
  return html`<div class="plain-face" data-testid="plain" tabindex="0" role="region" aria-label=${texts.room.page.table}>
    <${Head} store=${store} turn=${turn} />
    ${
      outcome.length > 0 &&
      html`<section class="plain-last" data-testid="last"><h2>${t.last}</h2>
        <dl class="plain-facts">${outcome.map(
          ([name, value]) =>
            html`<div key=${name}><dt>${words(name)}</dt><dd><${Value} name=${name} value=${value} you=${you} /></dd></div>`,
        )}</dl>
      </section>`
    }
    <dl class="plain-facts">${factsOf(view).map(
      ([name, value]) => html`<div key=${name} class=${areRows(value) ? "wide" : ""}>
        <dt>${words(name)}</dt><dd><${Value} name=${name} value=${value} turn=${turn} you=${you} /></dd>
      </div>`,
    )}</dl>
  </div>`;
}

/** @param {string} game @returns {import("../../shapes.d.ts").Face} */
export function plainFace(game) {
  const tile = plainTile(game);
  return {
    get title() {
      return tile.title;
    },
    resultText: tile.resultText,
    Picture: tile.Picture,
    Face,
    BetPanel: panelOf(game),
  };
}
