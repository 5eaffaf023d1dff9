/** A clock for what counts by the moment: draws its component again, a few times a second, while the page is seen. */

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

/** Call `work` now and every `every` ms while the page is seen. @param {() => void} work @param {number} every ms @param {unknown[]} [when] */
export function usePoll(work, every, when = []) {
  useEffect(() => {
    work();
    const timer = setInterval(() => document.hidden || work(), every);
    return () => clearInterval(timer);
  }, [every, ...when]);
}
