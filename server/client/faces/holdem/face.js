/** The hold'em table: seats, board, pots, and the player's own cards in front and larger. */

import { useEffect, useRef } from "preact/hooks";
import { announce } from "../../dom.js";
import { chips } from "../../format.js";
import { html } from "../../html.js";
import { useLingering } from "../../room/lingering.js";
import { useReveal, useRevealByAnimations } from "../../room/reveal.js";
import { texts } from "../../texts.js";
import { Chip, PlayingCard } from "../../ui/playing_card.js";
import { TurnTimer } from "../../ui/turn_timer.js";
import { Clock } from "./clock.js";
import { isPlaying } from "./pots.js";
import { spotOf } from "./seat_positions.js";
import { sitOut, tableOf, unrevealed } from "./table.js";
import { lingers } from "./tile.js";

const text = texts.games.holdem.face;

export { BetPanel } from "./panel.js";
export { People } from "./players.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../../shapes.d.ts").RoomState} RoomState */
/** @typedef {import("./table.js").Seat} Seat */
/** @typedef {import("./table.js").Table} Table */

/** A win stays at the table. */
export const winsTo = ".he-seat.own .he-stack";

/** @type {NonNullable<import("../../shapes.d.ts").Tile["due"]>} */
export function due({ turn }, seat) {
  if (turn?.seat !== seat) return null;
  return turn.to_call > 0 ? text.dueToCall(turn.to_call) : text.due;
}
/** When each of the chips that move to a winner sets out, in ms after the first one. */
const AWARDED = [0, 90, 180, 270];

/** The delay between the cards of a deal. */
const STEP_MS = 120;
/** The delay between the cards of the board that come at once when nobody can bet any more. */
const RUN_OUT_MS = 450;

/** Announces our cards, each street, our turn and the winners. @param {RoomStore} store */
function useSpoken(store) {
  const view = store.view.value;
  const hole = view.hole?.join() ?? "";
  useEffect(() => {
    if (hole) announce(text.saidHole(hole.split(",").map(texts.cards.name)));
  }, [hole]);
  const board = isPlaying(view) ? (view.board ?? []).join() : "";
  useEffect(() => {
    if (board) announce(text.saidBoard(text.streets[store.view.peek().phase], board.split(",").map(texts.cards.name)));
  }, [board]);
  const turn = view.turn && view.turn.seat === store.you.value?.seat ? view.turn.ends_at : 0;
  useEffect(() => {
    if (turn) announce(text.saidTurn(store.view.peek().turn.to_call), true);
  }, [turn]);
  const told = useRef("");
  const decided = view.showdown ? (store.round.value?.round ?? "") : "";
  useEffect(() => {
    const state = store.state.peek();
    if (!decided || !state) return;
    told.current = decided;
    for (const line of winLines(tableOf(state, false))) announce(text.said(line));
  }, [decided]);
  useEffect(
    () =>
      store.onEvent((event) => {
        const others = event.player !== store.you.peek()?.player;
        if (event.type === "moved" && others) announce(text.saidMove(/** @type {any} */ (event)));
      }),
    [],
  );
  useEffect(
    () =>
      store.onRevealed((event) => {
        const state = store.state.peek();
        if (!state || told.current === event.round) return;
        const past = state.view.phase !== "ended";
        if (past && !state.view.past) return;
        for (const line of winLines(tableOf(state, past))) announce(text.said(line));
      }),
    [store],
  );
}

/** Who won what. @param {Table} table */
const winLines = ({ awards }) => awards.map(({ amount, winners, hand }) => text.wins(winners, amount, hand));

/** @param {{seat: Seat}} props */
function Cards({ seat }) {
  const { cards, hidden, best } = seat;
  if (cards.length + hidden === 0) return html`<span class="he-cards"></span>`;
  const unused = (/** @type {string | null} */ card) =>
    card !== null && seat.winner && best.length > 0 && !best.includes(card);
  const all = [...cards, ...Array.from({ length: hidden }, () => null)];
  return html`<span class=${`he-cards ${seat.state === "folded" ? "folded" : ""}`} data-testid="cards">
    ${all.map(
      (card, index) => html`<span key=${`${index}${card}`} class=${unused(card) ? "he-unused" : ""}
        ><${PlayingCard} card=${card} delay=${index * STEP_MS} /></span>`,
    )}
  </span>`;
}

/** The note below a player's name. @param {Seat} seat */
function stateWords(seat) {
  if (seat.last && !seat.winner) return text.last(seat.last);
  if (seat.state && text.states[seat.state]) return text.states[seat.state];
  if (seat.away) return texts.cards.away;
  return "";
}

/** Where a seat and its chips are, on a wide and on an upright table. @typedef {ReturnType<typeof spotOf>} Spot */

/** @param {{seat: Seat, store: RoomStore, spot: Spot, past: boolean}} props */
function Place({ seat, store, spot: { wide, upright }, past }) {
  const state = /** @type {RoomState} */ (store.state.value);
  const style = { "--x": wide.seat.x, "--y": wide.seat.y, "--ux": upright.seat.x, "--uy": upright.seat.y };
  const turn = !past && seat.acting ? state.view.turn : null;
  if (!seat.player) {
    return html`<li class="he-seat free" style=${style} data-testid="seat" data-seat=${seat.seat} data-player="">
      <span class="visually-hidden">${texts.cards.empty(seat.seat)}</span></li>`;
  }
  const words = seat.hand ? texts.games.holdem.tile.handName(seat.hand) : stateWords(seat);
  const isLast = !seat.hand && seat.last !== null && !seat.winner;
  const tone = seat.net === null ? "" : seat.net > 0 ? "win" : seat.net < 0 ? "loss" : "dim";
  const classes = [
    "he-seat",
    seat.own && "own",
    turn && "acting",
    seat.winner && "winner",
    (seat.state === "folded" || !seat.bought) && "out",
  ];
  return html`<li class=${classes.filter(Boolean).join(" ")} style=${style} data-testid="seat" data-seat=${seat.seat}
    data-part=${seat.own ? "own" : undefined} data-player=${seat.player} data-state=${seat.state} data-stack=${seat.stack} data-staked=${seat.staked}>
    <${Cards} seat=${seat} />
    <div class="he-plate">
      <p class="he-name"><span class="he-who">${seat.player}</span>
        ${seat.own && html` <span class="chip bright">${texts.cards.you}</span>`}</p>
      <p class="he-stack number">
        ${seat.bought ? html`<${Chip}>${chips(seat.stack)}<//>` : html`<span class="dim">${text.noChips}</span>`}
        ${!tone && seat.won > 0 && html` <strong class="he-net win" data-testid="won">${text.won(seat.won)}</strong>`}
        ${tone && seat.net !== 0 && html` <strong class=${`he-net ${tone}`}>${text.net(seat.net ?? 0)}</strong>`}</p>
      ${
        words &&
        html`<p class=${`he-words ${isLast ? "he-last" : ""} ${seat.last?.before ? "before" : ""}`} data-testid="words"
          data-last=${isLast ? seat.last?.move : undefined}>${words}</p>`
      }
      ${turn && html`<${Clock} store=${store} turn=${turn} />`}
      ${
        seat.button &&
        html`<span class="he-button" title=${text.dealer}>
        <span aria-hidden="true">${text.dealerShort}</span><span class="visually-hidden">${text.dealer}</span></span>`
      }
    </div>
    ${seat.winner && AWARDED.map((delay) => html`<span key=${delay} class="he-award" style=${{ "--after": delay }} aria-hidden="true"><${Chip} /></span>`)}
  </li>`;
}

/** The chips that a seat has staked on this street. @param {{seat: Seat, spot: Spot}} props */
function Staked({ seat, spot: { wide, upright } }) {
  if (seat.staked === 0) return null;
  const style = { "--x": wide.bet.x, "--y": wide.bet.y, "--ux": upright.bet.x, "--uy": upright.bet.y };
  return html`<p class="he-staked" style=${style} data-testid="staked" data-seat=${seat.seat}>
    <span class="visually-hidden">${text.staked(seat.player ?? "", seat.staked)}</span>
    <span aria-hidden="true" key=${seat.staked}><${Chip}>${chips(seat.staked)}<//></span></p>`;
}

/**
 * `known`: how many cards of the board lay there before those that are being revealed; null if none are.
 * @param {{store: RoomStore, table: Table, past: boolean, known: number | null}} props
 */
function Middle({ store, table, past, known }) {
  const delays = useRef(/** @type {number[]} */ ([]));
  if (known !== null) delays.current = [0, 1, 2, 3, 4].map((index) => Math.max(0, index - known) * RUN_OUT_MS);
  else if (!past) delays.current = [0, 1, 2, 3, 4].map((index) => (index % 3) * STEP_MS);
  const { view } = /** @type {RoomState} */ (store.state.value);
  const waits = !past && view.phase === "betting";
  const lines = table.over ? winLines(table) : [];
  const words = waits
    ? view.starts_at
      ? text.starting
      : text.waiting(sitOut(view))
    : (text.streets[table.phase] ?? text.between);
  return html`<div class="he-middle">
    ${table.total > 0 && html`<p class="he-pot number" data-testid="pot"><${Chip}>${text.pot(table.total)}<//></p>`}
    ${
      table.pots.length > 1 &&
      html`<p class="he-pots small number" data-testid="pots">${table.pots.map(
        ({ amount }, index) =>
          html`<span key=${index}
            class="chip">${index === 0 ? text.mainPot(amount) : text.sidePot(index, amount)}</span>`,
      )}</p>`
    }
    <div class="he-board" data-part="board" role="group" aria-label=${text.board} data-testid="board">
      ${Array.from({ length: 5 }, (_, index) => {
        const card = waits ? undefined : table.board[index];
        const unused = card && table.best.length > 0 && !table.best.includes(card);
        return html`<span key=${`${index}${card}`} class=${`he-slot ${unused ? "he-unused" : ""}`}>
          ${card && html`<${PlayingCard} card=${card} delay=${delays.current[index]} />`}</span>`;
      })}
    </div>
    <div class="he-status" data-testid="status">
      ${lines.length > 0 ? lines.map((line) => html`<p key=${line} class="he-win">${line}</p>`) : html`<p>${words}</p>`}
      ${
        waits &&
        view.starts_at &&
        html`<${TurnTimer} key=${view.starts_at} endsAt=${view.starts_at}
        total=${store.state.value?.options.between_ms ?? 5_000} clock=${() => store.now()} />`
      }
    </div>
  </div>`;
}

/** @param {{store: RoomStore}} props */
export function Face({ store }) {
  const past = useLingering(store, lingers);
  const node = useRef(/** @type {HTMLElement | null} */ (null));
  useReveal(store, ({ results }) => results.length > 0);
  useRevealByAnimations(store, node, ".playing-card");
  useSpoken(store);
  const state = /** @type {RoomState} */ (store.state.value);
  const hidden = store.reveals.hidden.value[0];
  const table = hidden ? unrevealed(tableOf(state, past), hidden.event.outcome) : tableOf(state, past);
  const bottom = state.you?.seat ?? 0;
  const spot = (/** @type {Seat} */ { seat }) => spotOf(seat, bottom, table.seats.length);
  const blinds = state.view.blinds ?? state.view.past?.blinds;
  return html`<div class="he-face" ref=${node} data-testid="holdem" data-phase=${state.view.phase} data-past=${past}>
    <div class="he-table" data-part="board">
      <div class="he-felt" aria-hidden="true"></div>
      <${Middle} store=${store} table=${table} past=${past} known=${hidden ? (hidden.before.view.board?.length ?? 0) : null} />
      ${table.seats.map((seat) => html`<${Staked} key=${seat.seat} seat=${seat} spot=${spot(seat)} />`)}
      <ol aria-label=${text.seats}>
        ${table.seats.map(
          (seat) => html`<${Place} key=${seat.seat} seat=${seat} store=${store} spot=${spot(seat)}
          past=${past} />`,
        )}
      </ol>
      ${blinds && html`<p class="he-blinds dim number">${text.blinds(blinds[0], blinds[1])}</p>`}
    </div>
  </div>`;
}
