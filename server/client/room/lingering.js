/** The end of a round stays in sight for a moment, while the next one takes bets already. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/**
 * Is the round that has just ended what is to be seen? Its game's `reduce` keeps it as `view.past`.
 * @param {import("../rooms.js").RoomStore} store
 * @param {number} ms for so long
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
