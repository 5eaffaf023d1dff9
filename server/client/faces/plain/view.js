/** The parts of a view as the plain face shows them: clocks, the turn, cards, tables and the rest. Pure. */

import { entriesOf, isCard, isEmpty, isObject } from "./tile.js";

const TIME = /(_at|^until|_until)$/;
/** Times in ms since the epoch are above this one; counts of anything are below. */
const EPOCH_MS = 1e12;
const OF_CARDS = /(^|_)(board|cards?|dealer|hand|hole)$/;

/** @param {string} name @param {any} value */
export const isTime = (name, value) => TIME.test(name) && typeof value === "number" && value > EPOCH_MS;

/** True for a list of cards. null is a card that lies face down. @param {string} name @param {any} value */
export const areCards = (name, value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((each) => each === null || isCard(each)) &&
  (value.some(isCard) || OF_CARDS.test(name));

/** True for a list of objects, which is shown as a table. @param {any} value */
export const areRows = (value) => Array.isArray(value) && value.length > 0 && value.every(isObject);

/** The columns of a table: the names in all of its rows. @param {Record<string, any>[]} rows */
export function columnsOf(rows) {
  const names = new Set(rows.flatMap((row) => entriesOf(row).map(([name]) => name)));
  return [...names].sort((a, b) => Number(b === "player") - Number(a === "player"));
}

/**
 * Whose turn it is. A game says it with `turn`: a seat, or an object with `seat`, and `ends_at` if it has a clock.
 * @param {Record<string, any>} view
 * @param {{player: string, seat: number}[]} players
 */
export function turnOf({ turn }, players) {
  if (turn === null || turn === undefined) return null;
  const seat = typeof turn === "number" ? turn : turn.seat;
  if (typeof seat !== "number") return null;
  const player = turn.player ?? players.find((each) => each.seat === seat)?.player ?? null;
  return { seat, player, endsAt: isTime("ends_at", turn.ends_at) ? turn.ends_at : null };
}

/** The clocks of a view that have not run out. @param {Record<string, any>} view @param {number} now ms */
export const clocksOf = (view, now) =>
  Object.entries(view)
    .filter(([name, at]) => isTime(name, at) && at > now)
    .map(([name, at]) => ({ name, at }));

/** Members of a view that are shown in a way of their own. */
const APART = new Set(["phase", "actions", "stake", "turn"]);

/** Cards come first, tables last. @param {[string, any]} fact */
const place = ([name, value]) => (areRows(value) ? 2 : isCard(value) || areCards(name, value) ? 0 : 1);

/** The rest of a view. @param {Record<string, any>} view */
export const factsOf = (view) =>
  Object.entries(view)
    .filter(([name, value]) => !APART.has(name) && !isEmpty(value) && !isTime(name, value))
    .sort((one, other) => place(one) - place(other));
