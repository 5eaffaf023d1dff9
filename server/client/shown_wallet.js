/**
 * The wallet as the top bar shows it. What a round paid stays out of it until the game has revealed the round's result.
 *
 * The server may report the wallet shortly before or after the end of the round. A report with a higher version that comes
 * while a bet of ours is live is probably that settlement, so it waits a moment for the end of the round.
 */

import { computed, signal } from "@preact/signals-core";
import { wallet } from "./wallet.js";

/** @typedef {import("./shapes.d.ts").WalletState} WalletState */
/** @typedef {{round: string, wallet: WalletState, settled: boolean, timer?: ReturnType<typeof setTimeout>}} Held */

/** How long a settlement waits for the end of its round. */
const WAIT_MS = 1_500;

export class ShownWallet {
  /** @type {import("@preact/signals-core").Signal<WalletState | null>} */
  #shown = signal(null);
  /** The wallets before settlements that are not shown yet, oldest first; `round` is empty while it is not known. @type {Held[]} */
  #held = [];
  /** @type {WalletState | null} */
  #known = null;
  /** @type {Set<() => boolean>} */
  #expecting = new Set();

  /**
   * @param {import("@preact/signals-core").ReadonlySignal<WalletState | null>} truth what the server reported
   * @param {number} [waitMs]
   */
  constructor(truth, waitMs = WAIT_MS) {
    this.waitMs = waitMs;
    truth.subscribe((now) => this.#reported(now));
  }

  /** @returns {WalletState | null} */
  get value() {
    return this.#shown.value;
  }

  /**
   * While `expects()` is true, a bet of ours is live in a room that will reveal its result.
   * @param {() => boolean} expects
   * @returns {() => void} stops it
   */
  expect(expects) {
    this.#expecting.add(expects);
    return () => this.#expecting.delete(expects);
  }

  /** A round of ours has ended. Keep its settlement out until `release`. @param {string} round */
  hold(round) {
    if (!this.#known) return;
    const early = this.#held.find((held) => held.round === "");
    clearTimeout(early?.timer);
    if (early) early.round = round;
    else this.#held.push({ round, wallet: this.#known, settled: false });
    this.#show();
  }

  /** A round of ours has been revealed, or it needs no reveal: show its settlement. @param {string} round */
  release(round) {
    const held = this.#held.find((each) => each.round === round) ?? this.#held.find((each) => each.round === "");
    if (!held) return;
    clearTimeout(held.timer);
    this.#held = this.#held.filter((each) => each !== held);
    this.#show();
  }

  /** @param {WalletState | null} now */
  #reported(now) {
    const before = this.#known;
    this.#known = now;
    if (!now || !before) this.#held = [];
    else if (now.version > before.version) this.#settled(before);
    else
      for (const held of this.#held) held.wallet = { ...held.wallet, held: held.wallet.held + now.held - before.held };
    this.#show();
  }

  /** @param {WalletState} before */
  #settled(before) {
    const waiting = this.#held.find((held) => !held.settled);
    if (waiting) waiting.settled = true;
    else if ([...this.#expecting].some((expects) => expects()))
      this.#held.push({
        round: "",
        wallet: before,
        settled: true,
        timer: setTimeout(() => this.release(""), this.waitMs),
      });
  }

  #show() {
    this.#shown.value = this.#held[0]?.wallet ?? this.#known;
  }
}

export const shownWallet = new ShownWallet(wallet);

/** The cents that can be staked, as shown. It is never more than the truth: a settlement that is kept out can only add. */
export const shownAvailable = computed(() =>
  shownWallet.value ? shownWallet.value.balance - shownWallet.value.held : 0,
);
