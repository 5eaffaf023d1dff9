/** The roulette face: the wheel and the felt, which stands upright on narrow screens. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { multiplier } from "../../format.js";
import { html } from "../../html.js";
import { Felt } from "./felt.js";
import { standsUpright } from "./layout.js";
import { nameOfBet } from "./names.js";
import { Tools } from "./panel.js";
import { tableIn } from "./table.js";
import { useBall, Wheel } from "./wheel.js";

export { BetPanel } from "./panel.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */

/** Fields of this size in px are large enough for a mouse and for fingers. */
const [FOR_A_MOUSE, FOR_FINGERS] = [34, 44];

/** @type {NonNullable<import("../../shapes.d.ts").Tile["betStatus"]>} */
export function betStatus({ selection, amount, payout }) {
  if (payout) return { text: multiplier(payout / amount), payout, tone: "win" };
  const name = payout === undefined ? nameOfBet(selection) : "";
  return name ? { text: name, payout: 0, tone: "" } : null;
}

/** @param {{current: HTMLElement | null}} node */
function useUpright(node) {
  const upright = useSignal(innerWidth < innerHeight);
  useEffect(() => {
    if (!node.current) return undefined;
    const coarse = matchMedia("(pointer: coarse)");
    const resized = new ResizeObserver(([{ contentRect }]) => {
      const { width, height } = contentRect;
      upright.value = standsUpright(width, height, coarse.matches ? FOR_FINGERS : FOR_A_MOUSE);
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
  const table = tableIn(store);
  return html`<div class=${`roulette-face ${upright ? "upright" : "lying"}`} ref=${node} data-testid="roulette"
    data-phase=${store.view.value.phase}>
    <${Wheel} store=${store} turning=${turning} />
    <${Felt} store=${store} table=${table} ball=${turning.ball.value} upright=${upright} />
    ${upright && store.you.value && html`<${Tools} table=${table} />`}
  </div>`;
}
