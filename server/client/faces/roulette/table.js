/** The player's chips on the felt: put down freely, then placed as bets one by one. It never predicts money. */

import { computed, signal } from "@preact/signals";
import { errorText } from "../../error_text.js";
import { onePerRoom } from "../../room/one_per_room.js";
import { playIn } from "../../room/play.js";
import { rememberStake } from "../../room/stakes.js";
import { texts } from "../../texts.js";
import { available } from "../../wallet.js";
import { PLACES, placeOf, selectionOf } from "./layout.js";
import { neighboursOf } from "./pockets.js";

const text = texts.games.roulette.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./layout.js").Place} Place */
/** @typedef {Map<string, number>} Chips cents by a place's key */

export const MOST_BETS = 50;
const NEIGHBOURS = 2;
/** The server accepts a burst of messages, then this pace. Exceeding it would close the connection. */
const BURST = 20;
const PACE_MS = 80;

/** @param {Iterable<{amount: number, selection: any}>} bets @returns {Chips} */
export function chipsOf(bets) {
  const chips = new Map();
  for (const { amount, selection } of bets) {
    const key = placeOf(selection)?.key;
    if (key) chips.set(key, (chips.get(key) ?? 0) + amount);
  }
  return chips;
}

/** @param {Chips} chips */
export const total = (chips) => [...chips.values()].reduce((sum, amount) => sum + amount, 0);

/** @param {Chips} chips @param {Iterable<string>} keys @param {number} amount @returns {Chips} */
function withChips(chips, keys, amount) {
  const next = new Map(chips);
  for (const key of keys) next.set(key, (next.get(key) ?? 0) + amount);
  return next;
}

export class Table {
  /** Chips that are not placed yet, in placing order. @type {import("@preact/signals").Signal<Chips>} */
  laid = signal(new Map());
  /** Whether a bet on a number includes its neighbours on the wheel. */
  neighbours = signal(false);
  /** The place that the keyboard focuses. */
  cursor = signal("straight 17");
  /** True while bets await their answers. */
  placing = signal(false);
  /** The player's bets in their last round. @type {import("@preact/signals").Signal<Chips>} */
  last = signal(new Map());
  /** The chips before each step, for undo. @type {import("@preact/signals").Signal<Chips[]>} */
  #before = signal([]);

  /** @param {RoomStore} store */
  constructor(store, pace = PACE_MS) {
    this.store = store;
    this.play = playIn(store);
    this.pace = pace;
    store.onEvent((event) => this.#heard(event));
  }

  placed = computed(() => chipsOf(this.play.mine.value));

  others = computed(() => chipsOf(this.store.bets.value.filter((bet) => bet.player !== this.store.you.value?.player)));

  open = computed(() => this.store.view.value.phase === "betting");

  canUndo = computed(() => this.#before.value.length > 0);

  /**
   * What the main button does next.
   * @type {import("@preact/signals").ReadonlySignal<"placing" | "empty" | "wait" | "place">}
   */
  step = computed(() => {
    if (this.placing.value) return "placing";
    if (this.laid.value.size === 0) return "empty";
    return this.open.value ? "place" : "wait";
  });

  /** Put the chosen stake on a place, or on a number and its neighbours. @param {Place} place */
  lay(place) {
    const around = this.neighbours.peek() && place.kind === "straight";
    const keys = around
      ? neighboursOf(place.numbers[0], NEIGHBOURS).map((number) => `straight ${number}`)
      : [place.key];
    this.play.error.value = this.play.cannotBet.peek() ?? this.play.stakeError.peek();
    const stake = this.play.stake.peek();
    if (this.play.error.peek() !== null || stake === null) return false;
    rememberStake(this.play.game, stake);
    return this.#lay(withChips(this.laid.peek(), keys, stake));
  }

  /** Put down the bets of the player's last round again. */
  repeat() {
    let chips = this.laid.peek();
    for (const [key, amount] of this.last.peek()) chips = withChips(chips, [key], amount);
    this.play.error.value = this.play.cannotBet.peek();
    return this.play.error.peek() === null && this.#lay(chips);
  }

  /** @param {Chips} chips */
  #lay(chips) {
    if (this.placing.peek()) return false;
    const { max, own } = this.play.bounds.peek();
    if (chips.size + this.play.mine.peek().length > MOST_BETS) this.play.error.value = text.tooMany(MOST_BETS);
    else if ([...chips.values()].some((amount) => amount > max)) this.play.error.value = text.tooMuch(max);
    else if (own !== null && total(chips) > own) this.play.error.value = this.play.overOwnLimit();
    else if (this.play.seated.peek() && total(chips) > available.peek())
      this.play.error.value = text.tooPoor(available.peek());
    else {
      this.#before.value = [...this.#before.peek(), this.laid.peek()];
      this.laid.value = chips;
      return true;
    }
    return false;
  }

  undo() {
    const before = this.#before.peek();
    if (this.placing.peek() || before.length === 0) return;
    this.laid.value = before[before.length - 1];
    this.#before.value = before.slice(0, -1);
    this.play.error.value = null;
  }

  clear() {
    if (!this.placing.peek() && this.laid.peek().size > 0) this.#lay(new Map());
  }

  /** Place the chips as bets in the open round. A refused bet and all bets after it stay unplaced. */
  async place() {
    if (this.step.peek() !== "place") return;
    this.play.error.value = this.play.cannotBet.peek();
    const round = this.store.round.peek()?.round;
    if (this.play.error.peek() !== null || !round) return;
    this.placing.value = true;
    this.#before.value = [];
    try {
      let sent = 0;
      for (const [key, amount] of this.laid.peek()) {
        if (sent++ >= BURST) await new Promise((resolve) => setTimeout(resolve, this.pace));
        await this.#placeOne(key, amount, round);
      }
    } catch (error) {
      this.play.error.value = errorText(error, this.play.game);
    } finally {
      this.placing.value = false;
    }
  }

  /** @param {string} key @param {number} amount @param {string} round */
  async #placeOne(key, amount, round) {
    const selection = selectionOf(/** @type {Place} */ (PLACES.get(key)));
    await this.play.send({ amount, selection, round });
    const left = new Map(this.laid.peek());
    left.delete(key);
    this.laid.value = left;
  }

  /** @param {import("../../shapes.d.ts").AnyEvent} event */
  #heard(event) {
    if (event.type !== "round_ended") return;
    const me = this.store.you.peek()?.player;
    const settled = this.store.view.peek().settled ?? [];
    const mine = settled.filter((/** @type {any} */ bet) => bet.player === me && bet.bet.startsWith(`${event.round}.`));
    if (mine.length > 0) this.last.value = chipsOf(mine);
  }
}

export const tableIn = onePerRoom((store) => new Table(store));
