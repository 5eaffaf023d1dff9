/** Keeps the second click of a double click from pressing a button that the first one has just brought under it. */

import { useRef } from "preact/hooks";

const DOUBLE_CLICK_MS = 500;

/** A guard for the clicks on what the calling component shows. @returns {(event: MouseEvent) => boolean} true: pass it over */
export function useSecondClick() {
  const shown = useRef(performance.now());
  return (event) => event.detail > 1 && performance.now() - shown.current < DOUBLE_CLICK_MS;
}
