/** The time left to act, by the server's clock: a shrinking bar and the seconds. */

import { useEffect, useRef } from "preact/hooks";
import { reducedMotion } from "../dom.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { useNow } from "./now.js";

/** The whole seconds left. @param {number} endsAt @param {number} now */
export const secondsLeft = (endsAt, now) => Math.max(0, Math.ceil((endsAt - now) / 1000));

/** The fraction of the time left, 0 … 1. @param {number} endsAt @param {number} total ms @param {number} now */
export const partLeft = (endsAt, total, now) => Math.min(1, Math.max(0, (endsAt - now) / Math.max(1, total)));

/**
 * @param {{
 *   endsAt: number,
 *   total: number,
 *   clock: () => number,
 * }} props `clock` is the room's clock; `total` is the time of a full bar in ms
 */
export function TurnTimer({ endsAt, total, clock }) {
  const bar = useRef(/** @type {HTMLElement | null} */ (null));
  useNow(250);
  useEffect(() => {
    const node = bar.current;
    if (!node || reducedMotion()) return undefined;
    const [part, left] = [partLeft(endsAt, total, clock()), Math.max(0, endsAt - clock())];
    const run = node.animate([{ transform: `scaleX(${part})` }, { transform: "scaleX(0)" }], {
      duration: left,
      fill: "forwards",
    });
    return () => run.cancel();
  }, [endsAt, total]);
  const left = secondsLeft(endsAt, clock());
  return html`<span class=${`turn-timer ${left <= 5 ? "late" : ""}`} data-part="clock" role="timer"
    aria-live="off">
    <span class="turn-bar" aria-hidden="true"><span ref=${bar}></span></span>
    <span class="turn-seconds number">${texts.cards.seconds(left)}</span>
  </span>`;
}
