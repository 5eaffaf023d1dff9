/** Which round's coin is still in the air. Until it lands, the room hides the result. */

import { signal } from "@preact/signals";
import { reducedMotion } from "../../dom.js";
import { onePerRoom } from "../../room/one_per_room.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */

export const FLIP_MS = 900;

class Landing {
  /** The round whose coin is in the air; "" for none. */
  flying = signal("");

  /** @param {RoomStore} store */
  constructor(store) {
    this.store = store;
  }

  /** Follow the room's rounds. @returns {() => void} stops it */
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
