/** What the crash face shows at a moment, from the room's state and the server's clock. Pure. */

import { fixed, multiplier } from "../../format.js";
import { texts } from "../../texts.js";
import { dueAt, hundredthsAt } from "./math.js";

const text = texts.games.crash.face;

/** @typedef {import("../../shapes.d.ts").RoomState} RoomState */
/** @typedef {import("./canvas.js").Moment} Moment */
/** @typedef {import("./canvas.js").Mark} Mark */
/** @typedef {{player?: string, bet: string, multiplier: number, payout: number}} CashedOut */

const t = text;

/** How long an ended round stays visible while the next one takes bets. */
export const LINGER_MS = 2_500;
/** How far the curve continues after the last news from the server. */
const TRUST_MS = 1_500;
/** The interval of the number with reduced motion. */
const CALM_MS = 500;

/** @param {number} hundredths */
export const times = (hundredths) => multiplier(hundredths / 100);

/**
 * The age of the running curve in ms. It is at least what the last news from the server says: a cash-out pays that.
 * @param {Record<string, any>} view
 * @param {number} now by the server's clock
 */
export function elapsedAt(view, now) {
  const elapsed = Math.max(0, now - view.started_at);
  if (view.ticked === undefined) return elapsed;
  const told = dueAt(Math.round(view.ticked * 100));
  return Math.min(Math.max(told, elapsed), told + TRUST_MS);
}

/**
 * The time for one display of the climb: `read`, but a curve that has been shown does not shrink when the estimate of the
 * server's time is corrected.
 * @param {() => number} read
 * @returns {(view: Record<string, any>) => number}
 */
export function climbing(read) {
  let [started, shown] = [0, 0];
  return (view) => {
    const now = read();
    if (view.phase !== "running") return now;
    if (view.started_at !== started) [started, shown] = [view.started_at, 0];
    shown = Math.max(shown, elapsedAt(view, now));
    return Math.max(now, started + shown);
  };
}

/**
 * The shown multiplier in hundredths.
 * @param {Record<string, any>} view
 * @param {number} now
 */
export function shownAt(view, now) {
  return hundredthsAt(elapsedAt(view, now));
}

/** @param {RoomState} state @param {number} now */
export function lingers(state, now) {
  const { view, options, last, round } = state;
  if (view.phase !== "betting" || !last || !round || view.closes_at === undefined) return false;
  const before = `${state.room}.${round.number - 1}`;
  return last.round === before && now < view.closes_at - (options?.betting_ms ?? 6_000) + LINGER_MS;
}

/**
 * The cash-outs of the shown round: the running one, or the last one while it lingers.
 * @param {RoomState} state
 * @returns {Mark[]}
 */
function marksOf({ view, bets, you }) {
  const players = new Map(bets.map((bet) => [bet.bet, bet.player]));
  return (view.cashed_out ?? view.past ?? []).map((/** @type {CashedOut} */ { player, bet, multiplier }) => {
    const who = player ?? players.get(bet) ?? "";
    return { player: who, multiplier, mine: who === you?.player };
  });
}

/** @param {number} ms */
const seconds = (ms) => fixed(Math.max(0, ms) / 1000, 1);

/** @param {RoomState} state @param {number} point @param {string} caption @returns {Moment} */
function ended(state, point, caption) {
  const whole = Math.round(point * 100);
  const elapsed = whole <= 100 ? 0 : dueAt(whole);
  return { phase: "ended", elapsed, headline: times(whole), caption, progress: 0, marks: marksOf(state), still: false };
}

/** @param {RoomState} state @param {number} now @returns {Moment} */
function betting(state, now) {
  const { view, options, last } = state;
  const left = view.closes_at - now;
  if (lingers(state, now) && last) return ended(state, last.outcome.point, t.crashedNext(seconds(left)));
  const progress = Math.min(1, Math.max(0, left / (options?.betting_ms ?? 6_000)));
  const caption = left > 0 ? t.starting : t.about;
  return {
    phase: "betting",
    elapsed: 0,
    headline: texts.units.seconds(seconds(left)),
    caption,
    progress,
    marks: [],
    still: false,
  };
}

/**
 * @param {RoomState} state
 * @param {number} now by the server's clock
 * @param {boolean} calm reduced motion: the number alone, and the curve after the end
 * @returns {Moment}
 */
export function momentOf(state, now, calm) {
  const { view } = state;
  if (view.phase === "betting" && view.closes_at !== undefined)
    return { ...betting(state, now), still: calm && !lingers(state, now) };
  if (view.phase === "ended") return ended(state, view.point, t.crashed);
  if (view.phase !== "running") {
    return { phase: "idle", elapsed: 0, headline: "", caption: t.waiting, progress: 0, marks: [], still: calm };
  }
  const exact = elapsedAt(view, now);
  const elapsed = calm ? Math.floor(exact / CALM_MS) * CALM_MS : exact;
  const headline = times(hundredthsAt(elapsed));
  const caption = exact < now - view.started_at ? t.stalled : "";
  return { phase: "running", elapsed, headline, caption, progress: 0, marks: marksOf(state), still: calm };
}
