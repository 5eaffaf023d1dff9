/** The roulette face: the wheel and the felt, which stands upright on narrow screens. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { multiplier } from "../../format.js";
import { html } from "../../html.js";
import { Felt } from "./felt.js";
import { nameOfBet } from "./names.js";
import { tableIn } from "./table.js";
import { useBall, Wheel } from "./wheel.js";

export { BetPanel } from "./panel.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */

/**
 * Below these widths in px, for a mouse and for touch, the felt stands upright because its fields would be too narrow.
 */
const [NARROW, NARROW_FOR_FINGERS] = [480, 616];

/** @type {NonNullable<import("../../shapes.d.ts").Tile["betStatus"]>} */
export function betStatus({ selection, amount, payout }) {
  if (payout) return { text: multiplier(payout / amount), payout, tone: "win" };
  const name = payout === undefined ? nameOfBet(selection) : "";
  return name ? { text: name, payout: 0, tone: "" } : null;
}

/** @param {{current: HTMLElement | null}} node */
function useUpright(node) {
  const upright = useSignal(innerWidth < NARROW_FOR_FINGERS);
  useEffect(() => {
    if (!node.current) return undefined;
    const coarse = matchMedia("(pointer: coarse)");
    const resized = new ResizeObserver(([{ contentRect }]) => {
      upright.value = contentRect.width < (coarse.matches ? NARROW_FOR_FINGERS : NARROW);
    });
    resized.observe(node.current);
    return () => resized.disconnect();
  }, []);
  return upright.value;
}

/** @param {{store: RoomStore}} props */
export function Face({ store }) {
  const node = useRef(/** @type {HTMLElement | null} */ (null));
  const turning = useBall(store);
  const upright = useUpright(node);
  return html`<div class=${`roulette-face ${upright ? "upright" : "lying"}`} ref=${node} data-testid="roulette"
    data-phase=${store.view.value.phase}>
    <${Wheel} store=${store} turning=${turning} />
    <${Felt} store=${store} table=${tableIn(store)} ball=${turning.ball.value} upright=${upright} />
  </div>`;
}
