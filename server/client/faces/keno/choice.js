/** What a player has chosen at keno: numbers and risk, shared by the board and the bet panel of a room. */

import { computed, signal } from "@preact/signals";
import { onePerRoom } from "../../room/one_per_room.js";
import { MOST_PICKS, quickPick, RISKS, tableOf } from "./math.js";

/** @typedef {import("./math.js").Risk} Risk */

export class Choice {
  /** Sorted. @type {import("@preact/signals").Signal<number[]>} */
  picks = signal([]);
  risk = signal(/** @type {Risk} */ ("medium"));
  /** The last draw is on the board until the picks change. */
  shows = signal(true);
  /** What each count of hits pays, in ten-thousandths; null while nothing is picked. */
  table = computed(() => (this.picks.value.length ? tableOf(this.risk.value, this.picks.value.length) : null));

  /** As it goes with a bet. */
  selection() {
    return { picks: this.picks.peek(), risk: this.risk.peek() };
  }

  /** @param {number[]} picks */
  #take(picks) {
    this.picks.value = picks;
    this.shows.value = false;
  }

  /** Pick a number or take it back; false when there are ten already. @param {number} number */
  toggle(number) {
    const picks = this.picks.peek();
    if (picks.includes(number)) this.#take(picks.filter((each) => each !== number));
    else if (picks.length < MOST_PICKS) this.#take([...picks, number].sort((a, b) => a - b));
    else return false;
    return true;
  }

  /** Numbers by chance: as many as are picked now, or ten. @param {() => number} [random] */
  quick(random) {
    this.#take(quickPick(this.picks.peek().length || MOST_PICKS, random));
  }

  clear() {
    this.#take([]);
  }

  nextRisk() {
    this.risk.value = RISKS[(RISKS.indexOf(this.risk.peek()) + 1) % RISKS.length];
  }
}

export const choiceIn = onePerRoom(() => new Choice());
