/**
 * Which results of a room may be shown. The server's news arrives at once; the displays of results and the balance wait
 * until the game's face has revealed what was drawn: the ball, the wheel, the coin, the card, the number.
 */

import { batch, signal } from "@preact/signals-core";

/** @typedef {import("./shapes.d.ts").AnyEvent} AnyEvent */
/** @typedef {import("./shapes.d.ts").RoomState} RoomState */
/** @typedef {{event: AnyEvent, before: RoomState, own: boolean, timer: ReturnType<typeof setTimeout>}} Hidden */
/**
 * The face that reveals results. `starts` is called with each `round_ended`, when the room's state includes it, and says
 * whether the face will call `end`.
 * @typedef {object} Stage
 * @property {(event: AnyEvent) => boolean} starts
 * @property {() => boolean} isStill true while nothing may move or nobody looks; then results show at once
 * @property {boolean} [endsWithBet] whether a new bet of ours ends the running reveal, for games with many fast rounds
 */

/** A face that has not reported the end of its reveal by then has failed: the result shows all the same. */
const LIMIT_MS = 6_000;

export class Reveals {
  /** The rounds that are being revealed, oldest first. @type {import("@preact/signals-core").Signal<Hidden[]>} */
  hidden = signal([]);
  /** @type {Stage | null} */
  #stage = null;
  /** @type {Set<(event: AnyEvent) => void>} */
  #listeners = new Set();
  /** Results that need no reveal and have not been told yet. @type {AnyEvent[]} */
  #ready = [];

  /**
   * @param {Pick<import("./shown_wallet.js").ShownWallet, "hold" | "release">} wallet
   * @param {number} [limitMs]
   */
  constructor(wallet, limitMs = LIMIT_MS) {
    this.wallet = wallet;
    this.limitMs = limitMs;
  }

  /** Let this face reveal the results. @param {Stage} stage @returns {() => void} stops it */
  stageOn(stage) {
    this.#stage = stage;
    return () => {
      if (this.#stage !== stage) return;
      this.#stage = null;
      this.endAll();
    };
  }

  /** Whether a result that came now would be revealed. */
  get staged() {
    return this.#stage !== null && !this.#stage.isStill();
  }

  /** Whether this round's result must not be shown yet. @param {string | undefined} round */
  hides(round) {
    return this.hidden.value.some(({ event }) => event.round === round);
  }

  /** Call `listener` with each `round_ended` when its result may be shown. @param {(event: AnyEvent) => void} listener */
  onRevealed(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * A round has ended. Call `tell` afterwards.
   * @param {AnyEvent} event `round_ended`
   * @param {RoomState} before the state before the frame with this event
   */
  ended(event, before) {
    const own = event.results.some((/** @type {any} */ line) => line.player === before.you?.player);
    if (!this.staged || !this.#stage?.starts(event)) {
      if (own) this.wallet.release(event.round);
      this.#ready.push(event);
      return;
    }
    if (own) this.wallet.hold(event.round);
    const timer = setTimeout(() => this.end(event.round), this.limitMs);
    this.hidden.value = [...this.hidden.peek(), { event, before, own, timer }];
  }

  /** Tell the listeners of results that need no reveal. */
  tell() {
    const ready = this.#ready;
    this.#ready = [];
    for (const event of ready) this.#tellOf(event);
  }

  /** The face has revealed this round; older rounds show too. @param {string} round */
  end(round) {
    const at = this.hidden.peek().findIndex(({ event }) => event.round === round);
    if (at < 0) return;
    const shown = this.hidden.peek().slice(0, at + 1);
    batch(() => {
      this.hidden.value = this.hidden.peek().slice(at + 1);
      for (const { event, own, timer } of shown) {
        clearTimeout(timer);
        if (own) this.wallet.release(event.round);
      }
    });
    for (const { event } of shown) this.#tellOf(event);
  }

  /** Show everything now. */
  endAll() {
    const newest = this.hidden.peek().at(-1);
    if (newest) this.end(newest.event.round);
  }

  /** The player places a bet. */
  betPlaced() {
    if (this.#stage?.endsWithBet) this.endAll();
  }

  /** @param {AnyEvent} event */
  #tellOf(event) {
    for (const listener of this.#listeners) listener(event);
  }
}
