/** Paints the pegs and the balls, on every animation frame while a ball falls. */

import { effect } from "@preact/signals";
import { colour } from "../../dom.js";
import { theme } from "../../theme.js";
import { ballAt, pegsOf, shining } from "./motion.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {{peg: string, ball: string}} Palette */

/** The start height of a ball above the first row, in rows. */
const HEADROOM = 1.25;

/** @returns {Palette} */
const readPalette = () => ({ peg: colour("--line-strong"), ball: colour("--accent") });

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
function dot(ctx, x, y, radius) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fill();
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {{width: number, height: number}} size CSS pixels
 * @param {Palette} palette
 * @param {{rows: number, balls: import("./board.js").Ball[], now: number}} moment
 */
export function paint(ctx, { width, height }, palette, { rows, balls, now }) {
  const [across, down] = [width / (rows + 1), height / (rows + HEADROOM)];
  const peg = Math.min(5, Math.max(1.5, Math.min(across, down) * 0.13));
  const ball = Math.min(13, Math.max(3.5, Math.min(across, down) * 0.3));
  const at = (/** @type {{x: number, y: number}} */ { x, y }) =>
    /** @type {const} */ ([x * across, (y + HEADROOM) * down]);
  ctx.clearRect(0, 0, width, height);
  ctx.fillStyle = palette.peg;
  for (const each of pegsOf(rows)) dot(ctx, ...at(each), peg);
  ctx.fillStyle = palette.ball;
  for (const { path, start } of balls) {
    for (const each of shining(path, now - start)) {
      ctx.globalAlpha = each.strength;
      dot(ctx, ...at(each), peg * 1.5);
    }
    const [x, y] = at(ballAt(path, now - start));
    ctx.globalAlpha = 0.22;
    dot(ctx, x, y - peg - ball, ball * 1.9);
    ctx.globalAlpha = 1;
    dot(ctx, x, y - peg - ball, ball);
  }
}

/**
 * Keeps the canvas up to date until stopped. It never causes layout.
 * @param {HTMLCanvasElement} canvas
 * @param {Board} board
 */
export function keepPainting(canvas, board) {
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const size = { width: 0, height: 0 };
  let [palette, frame] = [readPalette(), 0];
  const draw = () => {
    const balls = board.falling.peek();
    frame = balls.length > 0 ? requestAnimationFrame(draw) : 0;
    const ratio = devicePixelRatio;
    const [wide, high] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (canvas.width !== wide) canvas.width = wide;
    if (canvas.height !== high) canvas.height = high;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (size.width > 0) paint(ctx, size, palette, { rows: board.rows.peek(), balls, now: performance.now() });
  };
  const soon = () => {
    if (frame === 0) frame = requestAnimationFrame(draw);
  };
  const recolour = () => {
    requestAnimationFrame(() => {
      palette = readPalette();
      soon();
    });
  };
  const resized = new ResizeObserver(([{ contentRect }]) => {
    Object.assign(size, { width: contentRect.width, height: contentRect.height });
    soon();
  });
  resized.observe(canvas);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", recolour);
  const stops = [theme.subscribe(recolour), effect(() => void [board.rows.value, board.falling.value, soon()])];
  return () => {
    cancelAnimationFrame(frame);
    resized.disconnect();
    dark.removeEventListener("change", recolour);
    for (const stop of stops) stop();
  };
}
