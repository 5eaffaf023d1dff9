/** The player's target and side in dice, shared by the face and the bet panel. */

import { computed, signal } from "@preact/signals";
import { onePerRoom } from "../../room/one_per_room.js";
import { chanceOf, multiplierOf, targetForChance, targetForMultiplier, winningNumbers, withinBounds } from "./math.js";

export class Choice {
  /** Hundredths. */
  target = signal(5000);
  over = signal(true);
  winning = computed(() => winningNumbers(this.target.value, this.over.value));
  /** Ten-thousandths. */
  multiplier = computed(() => multiplierOf(this.winning.value));
  chance = computed(() => chanceOf(this.winning.value));

  /** The selection of a bet. */
  selection() {
    return { target: this.target.value / 100, over: this.over.value };
  }

  /** @param {number} target hundredths */
  aim(target) {
    this.target.value = withinBounds(Math.round(target), this.over.peek());
  }

  /** Choose a side and keep the chance. @param {boolean} over */
  side(over) {
    if (over === this.over.peek()) return;
    this.over.value = over;
    this.aim(10_000 - this.target.peek());
  }

  /** @param {number} chance 0 … 1 */
  aimAtChance(chance) {
    this.target.value = targetForChance(chance, this.over.peek());
  }

  /** @param {number} multiplier multiple of the stake */
  aimAtMultiplier(multiplier) {
    this.target.value = targetForMultiplier(multiplier, this.over.peek());
  }
}

export const choiceIn = onePerRoom(() => new Choice());
