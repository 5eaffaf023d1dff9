/** Shows the end of a round for a moment while the next one already takes bets. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/**
 * True while the ended round should be shown. The game's `reduce` must keep it as `view.past`.
 * @param {import("../rooms.js").RoomStore} store
 * @param {number} ms how long
 */
export function useLingering(store, ms) {
  const past = useSignal(false);
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const stop = store.onEvent((event) => {
      if (event.type !== "round_ended") return;
      past.value = true;
      clearTimeout(timer);
      timer = setTimeout(() => (past.value = false), ms);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store]);
  const view = store.view.value;
  return past.value && view.phase === "betting" && Boolean(view.past);
}
