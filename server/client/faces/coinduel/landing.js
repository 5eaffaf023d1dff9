/** Which round's coin is still in the air here: until it lies, nothing in the room says what it shows. */

import { signal } from "@preact/signals";
import { reducedMotion } from "../../dom.js";
import { onePerRoom } from "../../room/one_per_room.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */

export const FLIP_MS = 900;

class Landing {
  /** The round whose coin flies; "" when none does. */
  flying = signal("");

  /** @param {RoomStore} store */
  constructor(store) {
    this.store = store;
  }

  /** Follow the room's rounds. @returns {() => void} to stop */
  watch() {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const stop = this.store.onEvent((event) => {
      if (event.type !== "round_ended" || !event.outcome.side || reducedMotion()) return;
      clearTimeout(timer);
      this.flying.value = event.round;
      timer = setTimeout(() => (this.flying.value = ""), FLIP_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
      this.flying.value = "";
    };
  }
}

export const landingIn = onePerRoom((store) => new Landing(store));
