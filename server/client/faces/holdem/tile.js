/** Hold'em for tiles, lists and the room's state. */

import { signed } from "../../format.js";
import { texts } from "../../texts.js";

const t = texts.games.holdem.tile;

export { Picture } from "./picture.js";
export { Summary } from "./summary.js";

export const title = t.title;
export const results = t.results;
export const lingers = 5_000;
export const hasHandFiles = true;
/** How many past hands the log shows. */
const KEPT_HANDS = 5;

/** A player's stack and stake in the hand, together. @type {NonNullable<import("../../shapes.d.ts").Tile["stackOf"]>} */
export function stackOf(view, player) {
  const seat = (view.seats ?? []).find((/** @type {any} */ each) => each.player === player);
  return seat ? seat.stack + seat.staked : null;
}

/** The winning hand, or that there was no showdown. @param {Record<string, any>} outcome */
export function resultText({ shown = [], awards = [] }) {
  const best = shown.find((/** @type {any} */ each) => awards[0]?.winners.includes(each.seat));
  const words = best ? t.handName(best.hand) : awards.length > 0 ? t.fold : t.none;
  return { text: words, tone: /** @type {const} */ ("plain") };
}

/**
 * A `table` event has the whole public view but the hand's `moves`; `hole` has our own cards. `past` keeps the end of a
 * hand, `hands` what the log needs of the hands before.
 * @type {NonNullable<import("../../shapes.d.ts").Tile["reduce"]>}
 */
export function reduce(view, event, { view: before }) {
  if (event.type === "round_opened") {
    const { blinds, buy_in } = before;
    return {
      ...view,
      blinds,
      buy_in,
      hole: null,
      moves: [],
      hands: handsWith(before),
      past: before.phase === "ended" && before.seats ? { ...before, past: null } : null,
    };
  }
  if (event.type === "round_ended") return { ...view, round: event.round, outcome: event.outcome };
  if (event.type === "hole") return { ...view, hole: event.cards };
  if (event.type === "moved") {
    const { type: _, ...move } = event;
    return { ...view, moves: [...(view.moves ?? []), move] };
  }
  if (event.type !== "table") return view;
  const { type: _, ...table } = event;
  const { hole = null, past = null, moves = [], hands = [] } = view;
  return { ...table, hole, past, moves, hands };
}

/** The hands that ended while we watched, the last one first. @param {Record<string, any>} view the end of a hand */
function handsWith({ phase, round, moves = [], board = [], outcome, hands = [] }) {
  if (phase !== "ended" || !outcome || moves.length === 0) return hands;
  return [{ round, moves, board, outcome }, ...hands].slice(0, KEPT_HANDS);
}

/**
 * The whole stack is paid back, so show the net result.
 * @type {NonNullable<import("../../shapes.d.ts").Tile["betStatus"]>}
 */
export function betStatus({ amount, payout }) {
  if (payout === undefined) return null;
  return { text: signed(payout - amount), payout: 0, tone: payout > amount ? "win" : payout < amount ? "loss" : "dim" };
}
