/** How a game's face reveals results: it says which ones it will reveal, and when it has. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { reducedMotion } from "../dom.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../shapes.d.ts").AnyEvent} AnyEvent */

const isStill = () => document.hidden || reducedMotion();

/**
 * Makes the calling face reveal the room's results. For each `round_ended`, `starts` says whether the face will call
 * `store.reveals.end`; `store.reveals.hides(round)` is true until then. If the page is hidden, everything shows at once.
 * @param {RoomStore} store
 * @param {(event: AnyEvent) => boolean} starts
 * @param {{endsWithBet?: boolean}} [how] `endsWithBet`: a new bet ends the running reveal
 */
export function useReveal(store, starts, { endsWithBet = false } = {}) {
  const latest = useRef(starts);
  latest.current = starts;
  useLayoutEffect(() => {
    const leave = store.reveals.stageOn({ starts: (event) => latest.current(event), isStill, endsWithBet });
    const look = () => {
      if (isStill()) store.reveals.endAll();
    };
    const motion = matchMedia("(prefers-reduced-motion: reduce)");
    document.addEventListener("visibilitychange", look);
    motion.addEventListener("change", look);
    return () => {
      leave();
      document.removeEventListener("visibilitychange", look);
      motion.removeEventListener("change", look);
    };
  }, [store]);
}

/**
 * Ends the running reveal when the CSS animations of these elements have ended.
 * @param {RoomStore} store
 * @param {{current: HTMLElement | null}} node
 * @param {string} selector
 */
export function useRevealByAnimations(store, node, selector) {
  const round = store.reveals.hidden.value[0]?.event.round;
  useEffect(() => {
    if (round === undefined) return;
    const moving = [...(node.current?.querySelectorAll(selector) ?? [])].flatMap((each) => each.getAnimations());
    // An animation whose element goes away is rejected; the others decide then.
    void Promise.allSettled(moving.map((each) => each.finished)).then(() => store.reveals.end(round));
  }, [round]);
}
