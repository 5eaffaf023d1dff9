/** The blackjack table to show, computed from the room’s state. Pure. */

import { netsOf } from "../../room/nets.js";
import { verdictOf } from "./hand.js";

/** @typedef {import("../../shapes.d.ts").RoomState} RoomState */
/** @typedef {{dealt: string[], hidden: number, total: number, soft: boolean}} Dealer */
/**
 * @typedef {{
 *   seat: number,
 *   player?: string,
 *   bet: string,
 *   hand: number,
 *   amount: number,
 *   dealt: string[],
 *   total: number,
 *   soft: boolean,
 *   state: string,
 * }} Hand
 */
/** @typedef {Hand & {acting: boolean, verdict: import("./hand.js").Verdict | null}} ShownHand */
/**
 * @typedef {{
 *   seat: number,
 *   player: string | null,
 *   own: boolean,
 *   away: boolean,
 *   hands: ShownHand[],
 *   insured: number,
 *   bet: number,
 *   net: number | null,
 * }} Seat
 */
/** @typedef {{phase: string, dealer: Dealer | null, seats: Seat[], over: boolean, open: number}} Table */

export const SEATS = 7;

/** True if the dealer's hand is open, so that every hand has its verdict. @param {Record<string, any>} view */
export const isOver = (view) => view.phase === "ended" && view.dealer?.hidden === 0;

/**
 * The table to show; with `past`, the table at the end of the last round.
 * @param {RoomState} state
 * @param {boolean} past
 * @returns {Table}
 */
export function tableOf(state, past) {
  const view = past ? state.view.past : state.view;
  const over = isOver(view);
  const nets = over && state.last && view.round === state.last.round ? netsOf(state.last) : null;
  const seats = Array.from({ length: SEATS }, (_, seat) => seatOf(state, view, seat, nets));
  return { phase: view.phase, dealer: view.dealer ?? null, seats, over, open: view.open ?? 0 };
}

/**
 * @param {RoomState} state
 * @param {Record<string, any>} view
 * @param {number} seat
 * @param {Map<string, number> | null} nets
 * @returns {Seat}
 */
function seatOf({ players, bets, you, view: now }, view, seat, nets) {
  const over = isOver(view);
  const sitter = players.find((each) => each.seat === seat);
  const hands = (view.hands ?? [])
    .filter((/** @type {Hand} */ hand) => hand.seat === seat)
    .map((/** @type {Hand} */ hand) => ({
      ...hand,
      acting: view.turn?.seat === seat && view.turn.hand === hand.hand,
      verdict: over
        ? verdictOf({ cards: hand.dealt, state: hand.state }, view.dealer.dealt)
        : hand.state === "bust"
          ? "bust"
          : null,
    }));
  const player = hands[0]?.player ?? sitter?.player ?? null;
  const insured = (view.insured ?? []).find((/** @type {any} */ each) => each.seat === seat)?.amount ?? 0;
  const bet = (view === now && bets.find((each) => each.player === player)?.amount) || 0;
  const own = you !== null && you.seat === seat;
  return {
    seat,
    player,
    own,
    away: sitter?.away ?? false,
    hands,
    insured,
    bet,
    net: player === null ? null : (nets?.get(player) ?? null),
  };
}

/**
 * The moves of the player at `seat`, as name → bounds.
 * @param {Record<string, any>} view
 * @param {number | undefined} seat
 * @returns {Record<string, any>}
 */
export function actionsOf(view, seat) {
  if (seat === undefined) return {};
  if (view.phase === "insurance") {
    // A snapshot says whether we answered; if we saw the question arrive, we have not.
    const asked = (view.hands ?? []).some((/** @type {Hand} */ hand) => hand.seat === seat && hand.amount > 1);
    const insured = (view.insured ?? []).some((/** @type {any} */ each) => each.seat === seat);
    return insured ? {} : (view.actions ?? (asked ? { insure: {}, decline: {} } : {}));
  }
  return view.turn?.seat === seat ? view.turn.actions : {};
}

/** The hand to play. @param {Record<string, any>} view @returns {Hand | null} */
export function handToPlay(view) {
  const { turn, hands = [] } = view;
  return (turn && hands.find((/** @type {Hand} */ hand) => hand.seat === turn.seat && hand.hand === turn.hand)) ?? null;
}
