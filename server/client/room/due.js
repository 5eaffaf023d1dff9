/** What the player has to do in a room now, in words for the tab's title. Pure. */

import { turnOf } from "../faces/plain/view.js";
import { texts } from "../texts.js";

/** @typedef {import("../shapes.d.ts").RoomState} RoomState */
/** @typedef {import("../shapes.d.ts").Tile} Tile */
/** @typedef {{kind: "turn" | "closing", key: string, words: string}} Due `key` tells one occasion from the next */

/** How long before the end of betting a player is warned. */
export const CLOSING_MS = 3_000;

/**
 * A decision that is the player's, or bets that are about to close without one of theirs.
 * @param {Pick<Tile, "due">} tile
 * @param {RoomState} state
 * @param {number} now the time in the room
 * @param {boolean} plays whether the player has bet here before: whoever only sits here is not warned of every round
 * @returns {Due | null}
 */
export function dueIn(tile, state, now, plays) {
  const { view, you, bets, round, players, closed, paused } = state;
  if (!you || !round || closed) return null;
  const turn = turnOf(view, players);
  const words = tile.due
    ? tile.due(view, you.seat)
    : turn !== null && turn.seat === you.seat
      ? texts.room.alerts.turn
      : null;
  if (words !== null) {
    // A player's own move may prolong the turn; that is no new one.
    const { hand = "", to_call: toCall = "" } = view.turn ?? {};
    return { kind: "turn", key: `${round.round} ${view.phase} ${hand} ${toCall}`, words };
  }
  const left = view.closes_at - now;
  const warns = plays && !paused && view.phase === "betting" && left > 0 && left <= CLOSING_MS;
  if (!warns || bets.some((bet) => bet.player === you.player)) return null;
  return { kind: "closing", key: round.round, words: texts.room.alerts.closing(Math.ceil(left / 1000)) };
}
