/** The hold'em table to show, computed from the room's state. Pure. */

import { netsOf } from "../../room/nets.js";
import { potOf } from "./pots.js";
import { SEATS } from "./seat_positions.js";

/** @typedef {import("../../shapes.d.ts").RoomState} RoomState */
/**
 * @typedef {{
 *   seat: number,
 *   player?: string,
 *   stack: number,
 *   staked: number,
 *   state: string,
 *   cards: string[] | null,
 *   dealt: boolean,
 *   away?: boolean,
 *   owes?: number,
 *   posts?: boolean,
 *   last?: Last | null,
 * }} SeatView
 * @typedef {{move: string, amount: number, to: number, all_in: boolean, before?: boolean}} Last a seat's last move;
 *   `before`: on the street before, on which nobody has moved yet
 */
/** @typedef {{amount: number, seats: number[]}} Pot */
/** @typedef {{amount: number, winners: string[], hand: string}} Award */
/**
 * @typedef {object} Seat
 * @property {number} seat
 * @property {string | null} player
 * @property {boolean} own
 * @property {boolean} away disconnected or sitting out
 * @property {boolean} bought has chips at the table or is in the hand
 * @property {number} stack
 * @property {number} staked
 * @property {string} state
 * @property {string[]} cards the cards that we see
 * @property {number} hidden the number of face-down cards
 * @property {boolean} acting
 * @property {boolean} button
 * @property {number | null} net the net result in cents, once the hand is over
 * @property {boolean} winner
 * @property {string} hand the name of the shown hand
 * @property {string[]} best the five cards of that hand
 * @property {Last | null} last
 * @property {number} won what the seat wins from the pots, in cents
 */
/**
 * @typedef {object} Table
 * @property {string} phase
 * @property {boolean} over whether the hand has ended and its outcome is known
 * @property {string[]} board
 * @property {string[]} best the cards of the winning hand
 * @property {Pot[]} pots
 * @property {number} total all pots and staked chips, in cents
 * @property {Award[]} awards
 * @property {Seat[]} seats
 */

/** @param {Record<string, any>} view @param {number | undefined} seat @returns {SeatView | null} */
export const seatIn = (view, seat) => view.seats?.find((/** @type {SeatView} */ each) => each.seat === seat) ?? null;

/** True if a seat has chips at the table or in the hand. @param {SeatView | null} seat */
export const hasChips = (seat) => seat !== null && (seat.stack > 0 || seat.dealt);

/** How many players with chips sit out. @param {Record<string, any>} view */
export const sitOut = ({ seats = [] }) =>
  seats.filter((/** @type {SeatView} */ each) => hasChips(each) && (each.away || each.state === "sitting_out")).length;

/**
 * The table to show; with `past`, the table at the end of the last hand.
 * @param {RoomState} state
 * @param {boolean} past
 * @returns {Table}
 */
export function tableOf(state, past) {
  const view = past ? state.view.past : state.view;
  const outcome = state.last && view.phase === "ended" && view.round === state.last.round ? state.last.outcome : null;
  const nets = outcome ? netsOf(state.last) : null;
  const end = outcome ?? decidedIn(view);
  const length = state.private?.seats ?? SEATS;
  const seats = Array.from({ length }, (_, seat) => seatOf(state, view, seat, end, nets));
  const awards = end ? awardsOf(end, seats) : [];
  const shown = end?.shown?.find((/** @type {any} */ each) => end.awards[0]?.winners.includes(each.seat));
  const { phase, board = [], pots = [] } = view;
  return { phase, over: end !== null, board, best: shown?.best ?? [], pots, total: potOf(view), awards, seats };
}

/**
 * The table at the end of a hand while its last cards are being dealt: nobody has won yet, and the pots lie where they are.
 * @param {Table} table
 * @param {Record<string, any>} outcome of the hand
 * @returns {Table}
 */
export function unrevealed(table, { awards = [] }) {
  const won = new Map();
  for (const { amount, winners } of awards)
    winners.forEach((/** @type {number} */ seat, /** @type {number} */ index) => {
      // Odd cents go, one each, to the first winners.
      const share = Math.floor(amount / winners.length) + Number(index < amount % winners.length);
      won.set(seat, (won.get(seat) ?? 0) + share);
    });
  const seats = table.seats.map((seat) => ({
    ...seat,
    stack: Math.max(0, seat.stack - (won.get(seat.seat) ?? 0)),
    net: null,
    winner: false,
    hand: "",
    best: [],
  }));
  return { ...table, over: false, best: [], awards: [], seats };
}

/** What the outcome will say of a hand that is decided, while players may still show. @param {Record<string, any>} view */
const decidedIn = ({ showdown }) => (showdown ? { shown: showdown.hands, awards: showdown.won } : null);

/**
 * The last move of a seat: on this street or, until somebody moves, on the one before.
 * @param {Record<string, any>} view @param {number} seat @returns {Last | null}
 */
export function lastMoveOf({ phase, moves = [], seats = [] }, seat) {
  const last = seats.find((/** @type {SeatView} */ each) => each.seat === seat)?.last ?? null;
  const made = moves.filter((/** @type {any} */ each) => each.move !== "uncalled");
  const before = made.at(-1)?.street;
  if (last || !STREETS.includes(phase) || before === phase) return last;
  const move = made.findLast((/** @type {any} */ each) => each.seat === seat && each.street === before);
  return move ? { move: move.move, amount: move.amount, to: move.to, all_in: move.all_in, before: true } : null;
}

/** The streets on which a street before them has been bet. */
const STREETS = ["flop", "turn", "river"];

/** Pots with the same winners are merged. @param {any} outcome @param {Seat[]} seats @returns {Award[]} */
function awardsOf({ awards = [], shown = [] }, seats) {
  /** @type {Map<string, Award>} */
  const byWinners = new Map();
  for (const { amount, winners } of awards) {
    const names = winners.map((/** @type {number} */ seat) => seats[seat].player ?? "");
    const hand = shown.find((/** @type {any} */ each) => each.seat === winners[0])?.hand ?? "";
    byWinners.set(names.join(), { winners: names, hand, amount: amount + (byWinners.get(names.join())?.amount ?? 0) });
  }
  return [...byWinners.values()];
}

/**
 * What a seat wins from the pots. Odd cents go to the first winners.
 * @param {{amount: number, winners: number[]}[]} awards @param {number} seat
 */
function wonBy(awards, seat) {
  const shares = awards.map(({ amount, winners }) => {
    const place = winners.indexOf(seat);
    const odd = amount % winners.length;
    return place < 0 ? 0 : (amount - odd) / winners.length + (place < odd ? 1 : 0);
  });
  return shares.reduce((sum, share) => sum + share, 0);
}

/**
 * @param {RoomState} state @param {Record<string, any>} view @param {number} seat @param {any} outcome
 * @param {Map<string, number> | null} nets @returns {Seat}
 */
function seatOf({ players, you }, view, seat, outcome, nets) {
  const [sitter, at] = [players.find((each) => each.seat === seat), seatIn(view, seat)];
  const own = you !== null && you.seat === seat;
  const player = at?.player ?? sitter?.player ?? null;
  const shown = outcome?.shown?.find((/** @type {any} */ each) => each.seat === seat);
  const cards = (at?.dealt && ((own && view.hole) || at.cards || shown?.cards)) || [];
  const lies = at?.dealt && at.state !== "folded";
  return {
    seat,
    player,
    own,
    away: (sitter?.away ?? false) || (at?.away ?? false),
    bought: hasChips(at),
    stack: at?.stack ?? 0,
    staked: at?.staked ?? 0,
    state: at?.state ?? "",
    cards,
    hidden: lies ? 2 - cards.length : 0,
    acting: view.turn?.seat === seat,
    button: view.button === seat,
    net: player === null ? null : (nets?.get(player) ?? null),
    winner: outcome?.awards?.some((/** @type {any} */ award) => award.winners.includes(seat)) ?? false,
    hand: shown?.hand ?? "",
    best: shown?.best ?? [],
    last: lastMoveOf(view, seat),
    won: wonBy(outcome?.awards ?? [], seat),
  };
}

/**
 * The bounds of what a player can buy now, in cents; null if nothing.
 * @param {Record<string, any>} view
 * @param {number | undefined} seat
 * @param {number} [back] what the player took from the table and has to bring back, in cents
 * @returns {import("./pots.js").Bounds | null}
 */
export function buyInOf(view, seat, back = 0) {
  const bounds = view.buy_in;
  if (!bounds || seat === undefined) return null;
  const stack = seatIn(view, seat)?.stack ?? 0;
  if (stack === 0) return { minimum: Math.max(bounds.minimum, back), maximum: Math.max(bounds.maximum, back) };
  return stack < bounds.maximum ? { minimum: 1, maximum: bounds.maximum - stack } : null;
}
