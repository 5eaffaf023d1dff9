/** The client seeds of our bets: a fresh one for every round, or the one that the player has fixed in this browser. */

import { localStore } from "./token.js";

const KEY = "croupier.fixed_seed";

/** A seed that nobody can foresee: 128 random bits in hex. */
export function freshSeed(source = globalThis.crypto) {
  const bytes = source.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The seed that the player has fixed. It counts while it is also the account's own, so not for another account. */
export class FixedSeed {
  /** @param {import("./token.js").Store} store */
  constructor(store = localStore()) {
    this.store = store;
  }

  /** Whether the player has fixed the account's seed. @param {string | undefined} own */
  is(own) {
    return own !== undefined && this.store.getItem(KEY) === own;
  }

  /** @param {string} seed */
  set(seed) {
    this.store.setItem(KEY, seed);
  }

  clear() {
    this.store.removeItem(KEY);
  }
}

export const fixedSeed = new FixedSeed();
