/** The line of a crash room on its lobby tile: countdown, multiplier or crash point. */

import { useEffect, useRef } from "preact/hooks";
import { html } from "../../html.js";
import { delayedBy } from "../../rooms.js";
import { texts } from "../../texts.js";
import { wire } from "../../wire.js";
import { climbing, momentOf } from "./moment.js";

const text = texts.games.crash.face;

const EVERY_MS = 100;

/** @type {NonNullable<import("../../shapes.d.ts").Tile["Summary"]>} */
export const Summary = ({ state }) => {
  const [number, words] = [
    useRef(/** @type {HTMLElement | null} */ (null)),
    useRef(/** @type {HTMLElement | null} */ (null)),
  ];
  const latest = useRef(state);
  latest.current = state;
  useEffect(() => {
    const read = climbing(() => wire.clock.now(latest.current?.room, delayedBy(latest.current)));
    const write = () => {
      if (!latest.current || document.hidden || !number.current || !words.current) return;
      const { headline, caption, phase } = momentOf(latest.current, read(latest.current.view), false);
      number.current.textContent = headline;
      number.current.className = phase === "ended" ? "number loss" : "number";
      words.current.textContent = caption || text.running;
    };
    write();
    const timer = setInterval(write, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return html`<p class="live-line" aria-hidden="true"><strong ref=${number} class="number"></strong> <span ref=${words}
    class="dim small"></span></p>`;
};
