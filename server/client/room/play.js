/** A player's actions in a room: stake, bets in flight, own bets and results. It never predicts money. */

import { computed, signal } from "@preact/signals";
import { errorText } from "../error_text.js";
import { tileOf } from "../faces/index.js";
import { parseChips, plainChips } from "../format.js";
import { loadOwnLimits, ownLimits, stakeLimit } from "../own_limits.js";
import { shownAvailable } from "../shown_wallet.js";
import { texts } from "../texts.js";
import { RepeatGuard } from "../ui/repeat_guard.js";
import { available } from "../wallet.js";
import { WireError } from "../wire.js";
import { resultOf } from "./happenings.js";
import { onePerRoom } from "./one_per_room.js";
import { lastStake, press, rememberStake } from "./stakes.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../shapes.d.ts").LiveBet} LiveBet */
/** @typedef {{amount: number, selection: object}} Wanted */

const DEFAULT_STAKE = 1000;

/** For these codes, the server's message says more than our own. */
const SERVER_SAYS = new Set(["limit_exceeded", "bad_request", "self_excluded", "illegal_action"]);

/** @param {unknown} error */
export function playError(error) {
  const { code, message } = /** @type {{code?: string, message?: string}} */ (error ?? {});
  if (error instanceof WireError && code === "limit_exceeded" && typeof error.extra.limit === "number")
    return texts.room.bet.ownLimit(error.extra.limit, Number(error.extra.staked ?? 0));
  if (error instanceof WireError && code === "muted" && typeof error.extra.until === "string")
    return texts.room.chat.muted(error.extra.until);
  if (error instanceof WireError && typeof error.extra.minimum === "number")
    return texts.room.bet.bringBack(error.extra.minimum, String(error.extra.until), error.extra.available ?? null);
  return code && message && message !== code && SERVER_SAYS.has(code) ? message : errorText(error);
}

export class Play {
  /** The text in the stake field. */
  typed = signal("");
  /** @type {import("@preact/signals").Signal<string | null>} */
  error = signal(null);
  /** The round that was over when our last move came. */
  #missed = signal("");
  /** The bet that awaits its answer. @type {import("@preact/signals").Signal<Wanted | null>} */
  placing = signal(null);
  /** The round in which the server took no more bets of ours. */
  fullIn = signal("");
  /** True while a move awaits its answer. */
  acting = signal(false);
  /** The bet to place when the next round opens. @type {import("@preact/signals").Signal<Wanted | null>} */
  queued = signal(null);
  /**
   * Acknowledged bets whose event has not arrived yet.
   * @type {import("@preact/signals").Signal<(LiveBet & {round: string})[]>}
   */
  #acknowledged = signal([]);
  /** How many bets await their answers. */
  #sending = 0;
  /** How many bets the server or the queue has taken from this page. */
  taken = signal(0);
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
    /** @type {{minimum: number, maximum: number} | undefined} The game's own bounds for the next bet. */
    const ofGame = this.store.state.value?.view?.stake;
    const min = Math.max(limits.min_stake, ofGame?.minimum ?? 0);
    const max = Math.min(limits.max_stake, ofGame?.maximum ?? limits.max_stake);
    if (!this.seated.value) return { min, max, available: null, own: null };
    const limit = ownLimits.value && stakeLimit(ownLimits.value, this.store.wire.serverNow());
    const own = limit === null ? null : Math.max(0, limit - this.#staked.value);
    return { min, max, available: shownAvailable.value, own };
  });

  /** What we have put into this round from this page, in cents. */
  #staked = computed(() => {
    const round = this.store.round.value?.round;
    return this.#acknowledged.value.reduce((sum, bet) => sum + (bet.round === round ? bet.amount : 0), 0);
  });

  seated = computed(() => this.store.you.value !== null);

  /** The stake in cents; null if the field holds no amount. */
  stake = computed(() => parseChips(this.typed.value));

  /** What is wrong with the stake, in words; null if it is valid. */
  stakeError = computed(() => this.#wrongWith(this.stake.value, this.bounds.value.available));

  /** The player's bets in the current round. @type {import("@preact/signals").ReadonlySignal<LiveBet[]>} */
  mine = computed(() => {
    const [you, round, bets] = [this.store.you.value, this.store.round.value, this.store.bets.value];
    if (!you || !round) return [];
    const told = bets.filter((bet) => bet.player === you.player);
    const names = new Set(told.map((bet) => bet.bet));
    return [...told, ...this.#acknowledged.value.filter((bet) => bet.round === round.round && !names.has(bet.bet))];
  });

  /** The player's result in the last round; null if they had no bet in it. */
  result = computed(() => {
    const [name, last] = [this.store.you.value?.player, this.store.last.value];
    const result = last && resultOf(last, name);
    return last && result && { round: last.round, ...result };
  });

  /** The player's returned stake if the last round was void; null otherwise. */
  refund = computed(() => {
    const [name, voided] = [this.store.you.value?.player, this.store.state.value?.voided];
    const staked = voided?.bets.reduce((sum, bet) => sum + (bet.player === name ? bet.amount : 0), 0);
    return voided && staked ? { round: voided.round, staked } : null;
  });

  /** Why the player can't make a move now, in words; null if they can. */
  cannotAct = computed(() => {
    const { connection } = this.store.wire;
    if (connection.value === "connecting") return texts.room.connecting;
    if (connection.value === "signed_out") return texts.room.signedOut;
    if (connection.value !== "online") return texts.room.offline;
    return this.store.state.value?.closed ? texts.room.closed : null;
  });

  /** Why the player can't bet now, in words; null if they can. A paused room takes moves, but no bets. */
  cannotBet = computed(() => {
    const paused = this.store.state.value?.paused;
    return this.cannotAct.value ?? (paused ? texts.room.paused(paused) : null);
  });

  /** What went wrong, in words. A late move is told how its round ended as soon as that is known. */
  trouble = computed(() => {
    const [error, last] = [this.error.value, this.store.last.value];
    if (error !== texts.room.bet.tooLate || last?.round !== this.#missed.value) return error;
    return tileOf(this.game).tooLate?.(last.outcome) ?? error;
  });

  /** @param {number | null} amount @param {number | null} left the available cents; null for a guest */
  #wrongWith(amount, left) {
    const { min, max, own } = this.bounds.value;
    if (amount === null) return texts.room.bet.notAnAmount;
    if (amount < min) return texts.room.bet.tooSmall(min);
    if (amount > max) return texts.room.bet.tooLarge(max);
    if (own !== null && amount > own) return this.overOwnLimit();
    return left !== null && amount > left ? texts.room.bet.tooPoor(left) : null;
  }

  /** That a stake is above the player's own limit, in words. */
  overOwnLimit() {
    const [own, staked] = [this.bounds.value.own ?? 0, this.#staked.value];
    return texts.room.bet.ownLimit(own + staked, staked);
  }

  /** Lower the remembered stake to what the player's own limit allows. */
  obeyOwnLimit() {
    const [stake, { min, own }] = [this.stake.peek(), this.bounds.peek()];
    if (own !== null && stake !== null && stake > own && own >= min) this.typed.value = plainChips(own);
  }

  /** @param {"half" | "double" | "min" | "max"} button */
  press(button) {
    const { min } = this.bounds.peek();
    this.typed.value = plainChips(press(button, this.stake.peek() ?? min, this.bounds.peek()));
  }

  /** Formats the typed stake when the field loses the focus. */
  tidy() {
    const stake = this.stake.peek();
    if (stake !== null) this.typed.value = plainChips(stake);
  }

  /**
   * Place a bet, by default with the stake in the field. Does nothing while another bet awaits its answer, or right
   * after an action.
   * @param {object} selection
   */
  async bet(selection, amount = this.stake.peek()) {
    if (this.placing.peek() || this.guard.repeats) return;
    // The shown balance may lack what a result that is being revealed has paid; what counts is the true one.
    const left = this.seated.peek() ? available.peek() : null;
    this.error.value = this.cannotBet.peek() ?? this.#wrongWith(amount, left);
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
      // With a field, another amount or selection may be taken.
      if (error instanceof WireError && error.code === "limit_exceeded") {
        if (!error.extra.field) this.fullIn.value = this.store.round.peek()?.round ?? "";
        // They have changed on another device.
        else if (error.extra.limit !== undefined) void loadOwnLimits();
      }
      this.error.value = playError(error);
    } finally {
      this.placing.value = null;
    }
  }

  /**
   * Send a bet. It counts as ours as soon as the server acknowledges it. Rejects with a WireError.
   * @param {Wanted & {round?: string}} wanted `round` restricts the bet to that round
   */
  async send(wanted) {
    this.#sending += 1;
    const { bet, round } = await this.store.bet(wanted).finally(() => {
      this.#sending -= 1;
    });
    const player = this.store.you.peek()?.player ?? "";
    const known = this.#acknowledged.peek().filter((each) => each.round === round);
    this.#acknowledged.value = [...known, { ...wanted, player, bet, round }];
    this.taken.value += 1;
  }

  /** Whether the player has just made this bet here: a stake that stayed in the game is none. @param {string} bet */
  made(bet) {
    return this.#sending > 0 || this.#acknowledged.peek().some((each) => each.bet === bet);
  }

  /** Queue a bet until bets open. @param {object} selection */
  queue(selection) {
    const amount = this.stake.peek();
    if (this.guard.repeats) return;
    this.error.value = this.stakeError.peek();
    if (this.error.peek() !== null || amount === null) return;
    rememberStake(this.game, amount);
    this.guard.acted();
    this.queued.value = { amount, selection };
    this.taken.value += 1;
  }

  /** Place the queued bet. Call this when bets are open. */
  async placeQueued() {
    const wanted = this.queued.peek();
    if (!wanted || this.placing.peek()) return;
    this.queued.value = null;
    this.error.value = this.cannotBet.peek();
    if (this.error.peek() === null) await this.#place(wanted);
  }

  /**
   * Make a move in the round. Returns null if the server refused it; `error` then says why.
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
      const missed = error instanceof WireError ? error.extra.round : undefined;
      this.#missed.value = missed ?? "";
      this.error.value = missed ? texts.room.bet.tooLate : playError(error);
      return null;
    } finally {
      this.acting.value = false;
      this.guard.acted();
    }
  }
}

/**
 * Our bet in a game with moves and the view to play it by, while the round runs; and after it, as they were, until the
 * round's result is revealed. Null otherwise.
 * @param {Play} play
 * @returns {{view: import("../shapes.d.ts").GameData, bet: LiveBet, over: boolean} | null}
 */
export function shownRound({ store, mine }) {
  const view = store.view.value;
  if (view.phase === "running" && mine.value.length > 0) return { view, bet: mine.value[0], over: false };
  const before = store.reveals.hidden.value.at(-1)?.before;
  const bet = before?.bets.find(({ player }) => player === before.you?.player);
  return before && bet && before.view.phase === "running" ? { view: before.view, bet, over: true } : null;
}

/** The player's actions in a room. */
export const playIn = onePerRoom((store) => new Play(store));
