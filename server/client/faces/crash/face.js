/** The crash face: the curve on a canvas. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { announce, colour, reducedMotion } from "../../dom.js";
import { html } from "../../html.js";
import { useReveal } from "../../room/reveal.js";
import { texts } from "../../texts.js";
import { theme } from "../../theme.js";
import { paint } from "./canvas.js";
import { climbing, momentOf } from "./moment.js";

const text = texts.games.crash.face;

export { BetPanel } from "./panel.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */

const t = text;

/** The colours and the font of the curve. @returns {import("./canvas.js").Palette} */
function readPalette() {
  const family = getComputedStyle(document.body).fontFamily;
  return {
    line: colour("--accent"),
    crashed: colour("--loss"),
    win: colour("--win"),
    text: colour("--text"),
    muted: colour("--text-dim"),
    grid: colour("--line"),
    font: family,
  };
}

/**
 * Paints on each animation frame until stopped. It never causes layout.
 * @param {HTMLCanvasElement} canvas
 * @param {RoomStore} store
 */
function keepPainting(canvas, store) {
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const size = { width: 0, height: 0 };
  let palette = readPalette();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const repaint = () => void requestAnimationFrame(() => (palette = readPalette()));
  const resized = new ResizeObserver(([{ contentRect }]) =>
    Object.assign(size, { width: contentRect.width, height: contentRect.height }),
  );
  resized.observe(canvas);
  dark.addEventListener("change", repaint);
  const unsubscribe = theme.subscribe(repaint);
  const read = climbing(() => store.now());
  let [now, frame] = [store.now(), 0];
  const draw = () => {
    frame = requestAnimationFrame(draw);
    const state = store.state.peek();
    if (!state || size.width === 0) return;
    // Offline we don't know what happens, so the picture freezes.
    if (store.wire.connection.peek() === "online") now = read(state.view);
    fitPixels(canvas, ctx, size);
    paint({ ctx, ...size, palette }, momentOf(state, now, reducedMotion()));
  };
  draw();
  return () => {
    cancelAnimationFrame(frame);
    resized.disconnect();
    dark.removeEventListener("change", repaint);
    unsubscribe();
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2D} ctx
 * @param {{width: number, height: number}} size
 */
function fitPixels(canvas, ctx, { width, height }) {
  const ratio = devicePixelRatio;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
}

/** Announces each phase of the round, and our cash-outs, also automatic ones. @param {RoomStore} store */
function useSpokenPhases(store) {
  const said = useSignal("");
  useEffect(
    () =>
      store.onEvent((event) => {
        if (event.type === "round_started") said.value = t.saidRunning;
        else if (event.type === "round_ended") said.value = t.saidEnded(event.outcome.point);
        else {
          const own = event.type === "cashed_out" && event.player === store.you.peek()?.player;
          if (own) announce(t.cashedAt(event.multiplier, event.payout));
          return;
        }
        announce(said.peek());
      }),
    [],
  );
  return said.value || (store.view.value.phase === "running" ? t.saidRunning : t.saidBetting);
}

/** @param {{store: RoomStore}} props */
export function Face({ store }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const said = useSpokenPhases(store);
  // The curve is live: it shows the end as soon as the server announces it.
  useReveal(store, () => false);
  useEffect(() => (canvas.current ? keepPainting(canvas.current, store) : undefined), []);
  return html`<div class="crash-face" data-part="board clock" data-testid="crash" data-phase=${store.view.value.phase}>
    <canvas ref=${canvas} class="crash-canvas" role="img" aria-label=${`${t.picture}. ${said}`}></canvas>
  </div>`;
}
