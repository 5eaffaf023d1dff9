/** The last round of a single-player room: its outcome, and its results if we saw it end. */

import { texts } from "../texts.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../types.d.ts").ResultLine} ResultLine */
/**
 * @typedef {{
 *   round: string,
 *   outcome: Record<string, any>,
 *   results: ResultLine[] | null,
 * }} LastRound `results` is null if we did not see the end
 */

/** The last round whose result may be shown. @param {RoomStore} store @returns {LastRound | null} null before the first */
export const lastRound = (store) => newestOf(store.last.value, store.history.value);

/**
 * The last round that the server has announced, for the face that reveals it.
 * @param {RoomStore} store
 * @returns {LastRound | null} null before the first round
 */
export const drawnRound = (store) => newestOf(store.state.value?.last ?? null, store.state.value?.history ?? []);

/** @param {LastRound | null} last @param {import("../shapes.d.ts").RoomState["history"]} history @returns {LastRound | null} */
function newestOf(last, [newest]) {
  if (last && (!newest || last.round === newest.round)) return last;
  return newest ? { ...newest, results: null } : null;
}

/** @param {LastRound | null} last @returns {"win" | "loss" | ""} */
export function toneOf(last) {
  if (!last?.results) return "";
  return last.results.some((line) => line.payout > 0) ? "win" : "loss";
}

/**
 * The end of a bet that could be cashed out, in words.
 * @param {RoomStore} store
 * @param {string} lost the words for a lost bet
 */
export function endText(store, lost) {
  const t = texts.room.ended;
  const line = lastRound(store)?.results?.[0];
  if (!line) return { words: t.over, tone: "" };
  const { result, amount, payout } = line;
  if (result === "loss") return { words: lost, tone: "loss" };
  return result === "push"
    ? { words: t.back, tone: "" }
    : { words: t.won(payout, payout - amount), tone: payout > amount ? "win" : "" };
}
