/** A balance that counts to its new value, or jumps to it with reduced motion. */

import { useEffect, useRef } from "preact/hooks";
import { reducedMotion } from "../dom.js";
import { chipsExact } from "../format.js";
import { html } from "../html.js";
import { partDone } from "./part_done.js";

const COUNT_MS = 450;

/** @param {{cents: number}} props */
export function Counted({ cents }) {
  const node = useRef(/** @type {HTMLElement | null} */ (null));
  const shown = useRef(cents);
  useEffect(() => {
    const from = shown.current;
    const start = performance.now();
    if (from === cents || reducedMotion()) {
      shown.current = cents;
      if (node.current) node.current.textContent = chipsExact(cents);
      return undefined;
    }
    let frame = requestAnimationFrame(function step(now) {
      const part = partDone(now, start, COUNT_MS);
      shown.current = part === 1 ? cents : Math.round(from + (cents - from) * (1 - (1 - part) ** 3));
      if (node.current) node.current.textContent = chipsExact(shown.current);
      if (part < 1) frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [cents]);
  return html`<span class="number" ref=${node}>${chipsExact(shown.current)}</span>`;
}
