/** Moves that a player chooses before their turn. Pure: the panel keeps the choice and sends the move. */

import { isPlaying } from "./pots.js";
import { seatIn } from "./table.js";

/** @typedef {"check_fold" | "check" | "call" | "call_any"} Name */
/** @typedef {{name: Name, cost: number, round: string, street: string}} Ahead `cost`: what was to call then, in cents */
/** @typedef {{round: string, view: Record<string, any>, seat: number | undefined}} Moment */

const BLINDS = new Set(["small_blind", "big_blind", "post", "post_dead"]);

/** What the seat would have to call now, in cents. @param {Record<string, any>} view @param {number | undefined} seat */
export function costOf(view, seat) {
  const mine = seatIn(view, seat);
  if (!mine) return 0;
  const highest = Math.max(...view.seats.map((/** @type {import("./table.js").SeatView} */ each) => each.staked));
  // A blind that its player could not pay in full still has to be answered in full.
  const bet = view.phase === "preflop" ? Math.max(highest, view.blinds?.[1] ?? 0) : highest;
  return Math.min(mine.stack, bet - mine.staked);
}

/** The moves that the player can choose while others act; empty if no turn of theirs is to come. @param {Moment} now @returns {Name[]} */
export function namesNow({ view, seat }) {
  const mine = seatIn(view, seat);
  if (!isPlaying(view) || !view.turn || view.turn.seat === seat || mine?.state !== "in" || mine.away) return [];
  if (costOf(view, seat) > 0) return ["check_fold", "call", "call_any"];
  const acted = mine.last && !BLINDS.has(mine.last.move);
  return acted ? [] : ["check_fold", "check", "call_any"];
}

/** @param {Name} name @param {Moment} now @returns {Ahead} */
export const chosen = (name, { round, view, seat }) => ({
  name,
  cost: costOf(view, seat),
  round,
  street: view.phase,
});

/**
 * What becomes of the choice now: `keep` it, `drop` it because the player has not agreed to what has happened since, or
 * the move to send, as it is the player's turn.
 * @param {Ahead} ahead
 * @param {Moment} now
 * @returns {"keep" | "drop" | "fold" | "check" | "call"}
 */
export function fateOf({ name, cost, round, street }, now) {
  const { view, seat } = now;
  if (round !== now.round || street !== view.phase || seatIn(view, seat)?.state !== "in") return "drop";
  const due = view.turn?.seat === seat;
  const bounded = name === "check" || name === "call";
  if (bounded && (due ? view.turn.to_call : costOf(view, seat)) !== cost) return "drop";
  if (!due) return "keep";
  const offered = view.turn.actions;
  if ("check" in offered) return "check";
  return name === "check_fold" ? "fold" : "call" in offered ? "call" : "drop";
}
