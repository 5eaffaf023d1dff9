/** The player's numbers and risk in keno, shared by the board and the bet panel. */

import { computed, signal } from "@preact/signals";
import { onePerRoom } from "../../room/one_per_room.js";
import { MOST_PICKS, quickPick, RISKS, tableOf } from "./math.js";

/** @typedef {import("./math.js").Risk} Risk */

export class Choice {
  /** Sorted. @type {import("@preact/signals").Signal<number[]>} */
  picks = signal([]);
  risk = signal(/** @type {Risk} */ ("medium"));
  /** Whether the board shows the last draw. It does until the picks change. */
  shows = signal(true);
  /** The payouts by number of hits, in ten-thousandths; null without picks. */
  table = computed(() => (this.picks.value.length ? tableOf(this.risk.value, this.picks.value.length) : null));

  /** The selection of a bet. */
  selection() {
    return { picks: this.picks.value, risk: this.risk.value };
  }

  /** @param {number[]} picks */
  #take(picks) {
    this.picks.value = picks;
    this.shows.value = false;
  }

  /** Pick or remove a number. Returns false if ten are picked already. @param {number} number */
  toggle(number) {
    const picks = this.picks.peek();
    if (picks.includes(number)) this.#take(picks.filter((each) => each !== number));
    else if (picks.length < MOST_PICKS) this.#take([...picks, number].sort((a, b) => a - b));
    else return false;
    return true;
  }

  /** Pick as many random numbers as are picked now, or ten. @param {() => number} [random] */
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
