/** Shows the end of a round for a moment while the next one already takes bets. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/**
 * True while the ended round should be shown: while its result is being revealed, and for a while after that. The game's `reduce` must keep it as `view.past`.
 * @param {import("../rooms.js").RoomStore} store
 * @param {number} ms how long
 */
export function useLingering(store, ms) {
  const past = useSignal(false);
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const stops = [
      store.onEvent((event) => {
        if (event.type !== "round_ended") return;
        past.value = true;
        clearTimeout(timer);
      }),
      store.onRevealed(() => {
        clearTimeout(timer);
        timer = setTimeout(() => (past.value = false), ms);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
      clearTimeout(timer);
    };
  }, [store]);
  const view = store.view.value;
  return past.value && view.phase === "betting" && Boolean(view.past);
}
