/** Keeps the second click of a double click from pressing what the first one has just brought under it, or changed. */

import { useRef } from "preact/hooks";

const DOUBLE_CLICK_MS = 500;

/**
 * A guard for the clicks on what the calling component shows.
 * @param {unknown} [what] that is; something else begins anew
 * @returns {(event: MouseEvent) => boolean} true: pass it over
 */
export function useSecondClick(what) {
  const shown = useRef({ what, at: performance.now() });
  if (shown.current.what !== what) shown.current = { what, at: performance.now() };
  return (event) => event.detail > 1 && performance.now() - shown.current.at < DOUBLE_CLICK_MS;
}
