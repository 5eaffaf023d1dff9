/** One player's hands in one room: stake, bets on their way, own bets, own results. Predicts nothing about money. */

import { computed, signal } from "@preact/signals";
import { parseChips, plainChips } from "../format.js";
import { roomText } from "../room_text.js";
import { errorText } from "../text.js";
import { RepeatGuard } from "../ui/repeat_guard.js";
import { available } from "../wallet.js";
import { onePerRoom } from "./one_per_room.js";
import { lastStake, press, rememberStake } from "./stakes.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../shapes.d.ts").LiveBet} LiveBet */
/** @typedef {{amount: number, selection: object}} Wanted */

const DEFAULT_STAKE = 1000;

/** The server's own words say more than the catalogue about these. */
const SERVER_SAYS = new Set(["limit_exceeded", "bad_request", "self_excluded", "illegal_action"]);

/** @param {unknown} error */
export function playError(error) {
  const { code, message } = /** @type {{code?: string, message?: string}} */ (error ?? {});
  return code && message && message !== code && SERVER_SAYS.has(code) ? message : errorText(error);
}

export class Play {
  /** As it stands in the field. */
  typed = signal("");
  /** @type {import("@preact/signals").Signal<string | null>} */
  error = signal(null);
  /** The bet that was sent and is not answered yet. @type {import("@preact/signals").Signal<Wanted | null>} */
  placing = signal(null);
  /** A move that was sent and is not answered yet. */
  acting = signal(false);
  /** A bet to be placed when the next round opens. @type {import("@preact/signals").Signal<Wanted | null>} */
  queued = signal(null);
  /** Acknowledged bets whose event has not come yet. @type {import("@preact/signals").Signal<(LiveBet & {round: string})[]>} */
  #acknowledged = signal([]);
  /** Keeps a double click from acting twice. */
  guard = new RepeatGuard();

  /** @param {RoomStore} store */
  constructor(store) {
    this.store = store;
    this.game = store.state.peek()?.game ?? "";
    this.typed.value = plainChips(lastStake(this.game, DEFAULT_STAKE));
  }

  bounds = computed(() => {
    const limits = this.store.state.value?.limits ?? { min_stake: 1, max_stake: 1 };
    return { min: limits.min_stake, max: limits.max_stake, available: this.seated.value ? available.value : null };
  });

  seated = computed(() => this.store.you.value !== null);

  /** In cents; null while the field holds no amount. */
  stake = computed(() => parseChips(this.typed.value));

  /** What is wrong with the stake, in words; null when it can be placed. */
  stakeError = computed(() => this.#wrongWith(this.stake.value));

  /** Own bets of the round that is open or running. @type {import("@preact/signals").ReadonlySignal<LiveBet[]>} */
  mine = computed(() => {
    const [you, round, bets] = [this.store.you.value, this.store.round.value, this.store.bets.value];
    if (!you || !round) return [];
    const told = bets.filter((bet) => bet.player === you.player);
    const names = new Set(told.map((bet) => bet.bet));
    return [...told, ...this.#acknowledged.value.filter((bet) => bet.round === round.round && !names.has(bet.bet))];
  });

  /** Own part in the last round that ended; null without one. */
  result = computed(() => {
    const [name, last] = [this.store.you.value?.player, this.store.last.value];
    const lines = last?.results.filter((line) => line.player === name) ?? [];
    if (!last || lines.length === 0) return null;
    const staked = lines.reduce((sum, line) => sum + line.amount, 0);
    const payout = lines.reduce((sum, line) => sum + line.payout, 0);
    return { round: last.round, outcome: last.outcome, lines, staked, payout, net: payout - staked };
  });

  /** Own stake in a round that was void; null without one. */
  refund = computed(() => {
    const [name, voided] = [this.store.you.value?.player, this.store.state.value?.voided];
    const staked = voided?.bets.reduce((sum, bet) => sum + (bet.player === name ? bet.amount : 0), 0);
    return voided && staked ? { round: voided.round, staked } : null;
  });

  /** Why nothing can be done now, in words; null when it can. */
  blocked = computed(() => {
    const { connection } = this.store.wire;
    if (connection.value === "connecting") return roomText.connecting;
    if (connection.value === "signed_out") return roomText.signedOut;
    if (connection.value !== "online") return roomText.offline;
    const state = this.store.state.value;
    if (state?.closed) return roomText.closed;
    return state?.paused ? roomText.paused(state.paused) : null;
  });

  /** @param {number | null} amount */
  #wrongWith(amount) {
    const { min, max, available: left } = this.bounds.value;
    if (amount === null) return roomText.bet.notAnAmount;
    if (amount < min) return roomText.bet.tooSmall(min);
    if (amount > max) return roomText.bet.tooLarge(max);
    return left !== null && amount > left ? roomText.bet.tooPoor(left) : null;
  }

  /** @param {"half" | "double" | "min" | "max"} button */
  press(button) {
    const { min } = this.bounds.peek();
    this.typed.value = plainChips(press(button, this.stake.peek() ?? min, this.bounds.peek()));
  }

  /** Writes what is typed as amounts are written, when the field is left. */
  tidy() {
    const stake = this.stake.peek();
    if (stake !== null) this.typed.value = plainChips(stake);
  }

  /**
   * Place a bet, of the stake that is set unless it has to be another. Does nothing while another bet is on its way, or
   * right after one.
   * @param {object} selection
   */
  async bet(selection, amount = this.stake.peek()) {
    if (this.placing.peek() || this.guard.repeats) return;
    this.error.value = this.blocked.peek() ?? this.#wrongWith(amount);
    if (this.error.peek() !== null || amount === null) return;
    rememberStake(this.game, amount);
    await this.#place({ amount, selection });
  }

  /** @param {Wanted} wanted */
  async #place(wanted) {
    this.placing.value = wanted;
    this.guard.acted();
    try {
      await this.send(wanted);
    } catch (error) {
      this.error.value = playError(error);
    } finally {
      this.placing.value = null;
    }
  }

  /**
   * Send a bet, which counts as ours as soon as it is acknowledged. Rejects with a WireError.
   * @param {Wanted & {round?: string}} wanted with `round`, only in that one
   */
  async send(wanted) {
    const { bet, round } = await this.store.bet(wanted);
    const player = this.store.you.peek()?.player ?? "";
    const known = this.#acknowledged.peek().filter((each) => each.round === round);
    this.#acknowledged.value = [...known, { ...wanted, player, bet, round }];
  }

  /** Keep a bet until bets open. @param {object} selection */
  queue(selection) {
    const amount = this.stake.peek();
    if (this.guard.repeats) return;
    this.error.value = this.stakeError.peek();
    if (this.error.peek() !== null || amount === null) return;
    rememberStake(this.game, amount);
    this.guard.acted();
    this.queued.value = { amount, selection };
  }

  /** Bets are open: place what was kept for that. */
  async placeQueued() {
    const wanted = this.queued.peek();
    if (!wanted || this.placing.peek()) return;
    this.queued.value = null;
    this.error.value = this.blocked.peek();
    if (this.error.peek() === null) await this.#place(wanted);
  }

  /**
   * A move in the round; null when it was refused, and `error` says why.
   * @param {string} action
   * @param {Record<string, unknown>} [more]
   * @returns {Promise<Record<string, any> | null>}
   */
  async act(action, more) {
    if (this.acting.peek()) return null;
    this.acting.value = true;
    this.error.value = null;
    try {
      return await this.store.act(action, more);
    } catch (error) {
      this.error.value = playError(error);
      return null;
    } finally {
      this.acting.value = false;
      this.guard.acted();
    }
  }
}

/** The hands in this room. */
export const playIn = onePerRoom((store) => new Play(store));
