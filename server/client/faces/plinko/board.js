/** The plinko board: chosen rows and risk, falling balls, and the last landed ball. */

import { computed, signal } from "@preact/signals";
import { reducedMotion } from "../../dom.js";
import { onePerRoom } from "../../room/one_per_room.js";
import { FALL_MS } from "./motion.js";
import { FEWEST_ROWS, MOST_ROWS, RISKS, tableOf } from "./tables.js";

/** @typedef {import("../../shapes.d.ts").AnyEvent} AnyEvent */
/** @typedef {import("./tables.js").Risk} Risk */

/**
 * @typedef {object} Own a player's own part in a round
 * @property {string} round
 * @property {number} payout
 * @property {number} net
 */

/**
 * @typedef {object} Ball an ended round; the server reports the whole result before the ball starts to fall
 * @property {string} round
 * @property {number[]} path
 * @property {number} slot
 * @property {Risk} risk
 * @property {number} multiplier hundredths
 * @property {Own | null} own null for another player's ball
 * @property {number} start by `performance.now()`
 */

export class Board {
  rows = signal(12);
  risk = signal(/** @type {Risk} */ ("medium"));
  table = computed(() => /** @type {number[]} */ (tableOf(this.rows.value, this.risk.value)));
  /** @type {import("@preact/signals").Signal<Ball[]>} */
  falling = signal([]);
  /** @type {import("@preact/signals").Signal<Ball | null>} */
  landed = signal(null);
  /** The selection of the bet that awaits its result. */
  #selection = { rows: 0, risk: /** @type {Risk} */ ("medium") };

  /** The selection of a bet. */
  selection() {
    return { rows: this.rows.value, risk: this.risk.value };
  }

  /** @param {number} rows any number */
  setRows(rows) {
    this.#choose(Math.min(Math.max(rows, FEWEST_ROWS), MOST_ROWS), this.risk.peek());
  }

  /** @param {Risk} risk */
  setRisk(risk) {
    this.#choose(this.rows.peek(), risk);
  }

  /** @param {number} by -1 or 1 */
  stepRisk(by) {
    this.setRisk(RISKS[Math.min(Math.max(RISKS.indexOf(this.risk.peek()) + by, 0), RISKS.length - 1)]);
  }

  /** Change the board. Balls on the previous one land at once. @param {number} rows @param {Risk} risk */
  #choose(rows, risk) {
    if (rows === this.rows.peek() && risk === this.risk.peek()) return;
    for (const ball of this.falling.peek()) this.#land(ball);
    this.rows.value = rows;
    this.risk.value = risk;
  }

  /**
   * Handles the room's events: bets with their selections, and ended rounds, each of which drops a ball.
   * @param {AnyEvent} event
   * @param {string | null} player the board's player; null for a spectator, whose board follows the game
   */
  take(event, player) {
    if (event.type === "bet_placed") this.#selection = event.selection;
    if (event.type !== "round_ended") return;
    const { rows, risk } = this.#selection;
    const { path, slot } = event.outcome;
    const multiplier = rows === path.length ? tableOf(rows, risk)?.[slot] : undefined;
    if (multiplier === undefined) return;
    if (player === null) this.#choose(rows, risk);
    this.#drop({
      round: event.round,
      path,
      slot,
      risk,
      multiplier,
      own: ownIn(event, player),
      start: performance.now(),
    });
  }

  /** @param {Ball} ball */
  #drop(ball) {
    this.falling.value = [...this.falling.peek(), ball];
    const other = ball.path.length !== this.rows.peek() || ball.risk !== this.risk.peek();
    if (other || reducedMotion()) this.#land(ball);
    // Use a timer, not animation frames: a page in the background has none.
    else setTimeout(() => this.#land(ball), FALL_MS);
  }

  /** @param {Ball} ball */
  #land(ball) {
    if (!this.falling.peek().includes(ball)) return;
    this.falling.value = this.falling.peek().filter((each) => each !== ball);
    this.landed.value = ball;
  }
}

/** @param {AnyEvent} event @param {string | null} player @returns {Own | null} */
function ownIn({ round, results }, player) {
  const line = results.find((/** @type {any} */ each) => each.player === player);
  return line ? { round, payout: line.payout, net: line.payout - line.amount } : null;
}

export const boardIn = onePerRoom(() => new Board());
