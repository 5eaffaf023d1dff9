/** Hooks that rerender or poll at an interval while the page is visible. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { serverNow } from "../wire.js";

/** @param {number} every ms @param {boolean} [running] @returns {number} ms since the epoch by the server's clock */
export function useNow(every, running = true) {
  const now = useSignal(serverNow());
  useEffect(() => {
    if (!running) return undefined;
    const read = () => {
      if (!document.hidden) now.value = serverNow();
    };
    now.value = serverNow();
    const timer = setInterval(read, every);
    return () => clearInterval(timer);
  }, [every, running]);
  return now.value;
}

/**
 * Call `work` now and every `every` ms while the page is visible.
 * @param {() => void} work
 * @param {number} every ms
 * @param {unknown[]} [when]
 */
export function usePoll(work, every, when = []) {
  useEffect(() => {
    work();
    const timer = setInterval(() => document.hidden || work(), every);
    return () => clearInterval(timer);
  }, [every, ...when]);
}
