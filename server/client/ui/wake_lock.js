/** Keeps the screen from turning itself off while a page is shown that nobody touches. */

import { useEffect } from "preact/hooks";

/** The browser ends the lock when the page is hidden, so ask again when it is back. */
export function useWakeLock() {
  useEffect(() => {
    // Absent on pages without TLS; refused when the battery is low.
    const ask = () => {
      if (!document.hidden) navigator.wakeLock?.request().then(keep, () => undefined);
    };
    /** @type {WakeLockSentinel | undefined} */
    let held;
    let over = false;
    const keep = (/** @type {WakeLockSentinel} */ lock) => {
      if (over) void lock.release();
      else held = lock;
    };
    ask();
    document.addEventListener("visibilitychange", ask);
    return () => {
      over = true;
      void held?.release();
      document.removeEventListener("visibilitychange", ask);
    };
  }, []);
}
