/** The player's bets whose rounds became void while the page did not look: each is reported once in this browser. */

import { signal } from "@preact/signals-core";
import { localStore } from "./token.js";

/** @typedef {import("./types.js").VoidBet} VoidBet */

const KEY = "croupier.void_bets";
const REMEMBERED = 100;
const ROOM_SHOWS_MS = 1_000;

export class VoidBets {
  /** What the player has to be told; set it to an empty list after showing it. @type {import("@preact/signals-core").Signal<VoidBet[]>} */
  news = signal([]);

  /** @param {import("./token.js").Store} [store] */
  constructor(store = localStore()) {
    this.store = store;
  }

  /** The server names these bets. Rooms on the page come first with what they show. @param {VoidBet[]} bets */
  reported(bets) {
    if (bets.length === 0) return;
    setTimeout(() => {
      const known = this.#known();
      const news = bets.filter(({ bet }) => !known.includes(bet));
      this.seen(news.map(({ bet }) => bet));
      if (news.length > 0) this.news.value = [...this.news.peek(), ...news];
    }, ROOM_SHOWS_MS);
  }

  /** The page shows that these bets are void. @param {string[]} bets their names */
  seen(bets) {
    const known = this.#known();
    const added = bets.filter((bet) => !known.includes(bet));
    if (added.length > 0) this.store.setItem(KEY, [...known, ...added].slice(-REMEMBERED).join(" "));
  }

  #known() {
    return (this.store.getItem(KEY) ?? "").split(" ");
  }
}
