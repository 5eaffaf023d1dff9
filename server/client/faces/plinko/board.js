/** The plinko board: chosen rows and risk, falling balls, and the last landed ball. */

import { computed, signal } from "@preact/signals";
import { onePerRoom } from "../../room/one_per_room.js";
import { FALL_MS } from "./motion.js";
import { FEWEST_ROWS, MOST_ROWS, RISKS, tableOf } from "./tables.js";

/** @typedef {import("../../shapes.d.ts").AnyEvent} AnyEvent */
/** @typedef {import("./tables.js").Risk} Risk */

/**
 * @typedef {object} Ball an ended round; the server reports the whole result before the ball starts to fall
 * @property {string} round
 * @property {number[]} path
 * @property {number} slot
 * @property {Risk} risk
 * @property {number} multiplier hundredths
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

  /** @param {(round: string) => void} [landed] called when a ball has landed */
  constructor(landed = () => undefined) {
    this.told = landed;
  }

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
   * @param {boolean} follows whether the board follows the game, as a spectator's does
   */
  take(event, follows) {
    if (event.type === "bet_placed") this.#selection = event.selection;
    if (event.type !== "round_ended") return;
    const { rows, risk } = this.#selection;
    const { path, slot } = event.outcome;
    const multiplier = rows === path.length ? tableOf(rows, risk)?.[slot] : undefined;
    if (multiplier === undefined) {
      this.told(event.round);
      return;
    }
    if (follows) this.#choose(rows, risk);
    this.#drop({ round: event.round, path, slot, risk, multiplier, start: performance.now() });
  }

  /** The result of this round may be shown: its ball lies. @param {string} round */
  revealed(round) {
    for (const ball of this.falling.peek()) if (ball.round === round) this.#land(ball);
  }

  /** @param {Ball} ball */
  #drop(ball) {
    this.falling.value = [...this.falling.peek(), ball];
    const other = ball.path.length !== this.rows.peek() || ball.risk !== this.risk.peek();
    if (other) this.#land(ball);
    // Use a timer, not animation frames: a page in the background has none.
    else setTimeout(() => this.#land(ball), FALL_MS);
  }

  /** @param {Ball} ball */
  #land(ball) {
    if (!this.falling.peek().includes(ball)) return;
    this.falling.value = this.falling.peek().filter((each) => each !== ball);
    this.landed.value = ball;
    this.told(ball.round);
  }
}

export const boardIn = onePerRoom((store) => new Board((round) => store.reveals.end(round)));
