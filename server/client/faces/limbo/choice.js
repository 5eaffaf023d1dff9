/** The player's target in limbo, shared by the face and the bet panel. */

import { computed, signal } from "@preact/signals";
import { onePerRoom } from "../../room/one_per_room.js";
import { chanceOf, nextRung, withinBounds } from "./math.js";

export class Choice {
  /** Hundredths. */
  target = signal(200);
  /** 0 … 1 */
  chance = computed(() => chanceOf(this.target.value));

  /** The selection of a bet. */
  selection() {
    return { target: this.target.value / 100 };
  }

  /** @param {number} target hundredths */
  aim(target) {
    this.target.value = withinBounds(target);
  }

  /** @param {boolean} up */
  step(up) {
    this.aim(nextRung(this.target.peek(), up));
  }
}

export const choiceIn = onePerRoom(() => new Choice());
