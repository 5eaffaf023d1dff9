/** Paints one frame of the crash curve on a canvas, from colours, sizes and a moment alone. */

import { fixed, multiplier } from "../../format.js";
import { axesAt, roundSteps, smoothAt, timeOf } from "./math.js";

/**
 * @typedef {object} Palette
 * @property {string} line the curve while it runs
 * @property {string} crashed the curve after the crash
 * @property {string} win own cash-outs
 * @property {string} text
 * @property {string} muted
 * @property {string} grid
 * @property {string} font
 */

/**
 * @typedef {object} Mark a cash-out
 * @property {string} player
 * @property {number} multiplier
 * @property {boolean} mine
 */

/**
 * @typedef {object} Moment
 * @property {"betting" | "running" | "ended" | "idle"} phase
 * @property {number} elapsed ms since the start, or the length of the ended curve
 * @property {string} headline the big number or word
 * @property {string} caption the line below the headline
 * @property {number} progress the fraction of the betting time left, 0 … 1
 * @property {Mark[]} marks
 * @property {boolean} still draw only the end of the curve
 */

/**
 * @typedef {object} Sheet the drawing area in CSS pixels
 * @property {CanvasRenderingContext2D} ctx
 * @property {number} width
 * @property {number} height
 * @property {Palette} palette
 */

/**
 * @typedef {object} Plot where the curve goes, and how its numbers become pixels
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 * @property {(ms: number) => number} x
 * @property {(multiple: number) => number} y
 * @property {number} span
 * @property {number} high
 */

/** Lines and small letters grow with a large picture. @param {Sheet} sheet */
const unitOf = ({ width, height }) => Math.max(1, Math.min(width / 1000, height / 620));

/**
 * @param {Sheet} sheet
 * @param {number} elapsed
 * @returns {Plot}
 */
function plotOf(sheet, elapsed) {
  const { width, height } = sheet;
  const unit = unitOf(sheet);
  const narrow = width < 480;
  const [left, right] = [(narrow ? 40 : 52) * unit, width - (narrow ? 18 : 28) * unit];
  const [top, bottom] = [(narrow ? 20 : 28) * unit, height - 28 * unit];
  const { span, top: high } = axesAt(elapsed);
  return {
    left,
    right,
    top,
    bottom,
    span,
    high,
    x: (ms) => left + ((right - left) * ms) / span,
    y: (multiple) => bottom - ((bottom - top) * (multiple - 1)) / (high - 1),
  };
}

/**
 * @param {number} multiple
 * @param {number} step
 */
function axisLabel(multiple, step) {
  return `${fixed(multiple, step < 0.1 ? 2 : step < 1 ? 1 : 0)}×`;
}

/**
 * @param {Sheet} sheet
 * @param {Plot} plot
 */
function paintAxes(sheet, plot) {
  const { ctx, palette } = sheet;
  const unit = unitOf(sheet);
  ctx.font = `${12 * unit}px ${palette.font}`;
  ctx.lineWidth = 1;
  ctx.textBaseline = "middle";
  ctx.textAlign = "right";
  const heights = roundSteps(1, plot.high, Math.max(3, (plot.bottom - plot.top) / (64 * unit)));
  const step = heights.length > 1 ? heights[1] - heights[0] : 1;
  for (const height of heights) {
    const y = Math.round(plot.y(height)) + 0.5;
    ctx.strokeStyle = palette.grid;
    ctx.beginPath();
    ctx.moveTo(plot.left, y);
    ctx.lineTo(plot.right, y);
    ctx.stroke();
    ctx.fillStyle = palette.muted;
    ctx.fillText(axisLabel(height, step), plot.left - 8 * unit, y);
  }
  ctx.textAlign = "center";
  for (const second of roundSteps(0, plot.span / 1000, Math.max(3, (plot.right - plot.left) / (110 * unit)))) {
    ctx.fillText(`${second} s`, plot.x(second * 1000), plot.bottom + 16 * unit);
  }
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Plot} plot
 * @param {number} elapsed
 */
function traceCurve(ctx, plot, elapsed) {
  const steps = Math.max(2, Math.min(160, Math.round((plot.x(elapsed) - plot.left) / 4)));
  ctx.beginPath();
  ctx.moveTo(plot.left, plot.bottom);
  for (let i = 1; i <= steps; i++) {
    const ms = (elapsed * i) / steps;
    ctx.lineTo(plot.x(ms), plot.y(smoothAt(ms)));
  }
}

/**
 * @param {Sheet} sheet
 * @param {Plot} plot
 * @param {number} elapsed
 * @param {string} colour
 */
function paintCurve(sheet, plot, elapsed, colour) {
  const { ctx } = sheet;
  const unit = unitOf(sheet);
  const [headX, headY] = [plot.x(elapsed), plot.y(smoothAt(elapsed))];
  traceCurve(ctx, plot, elapsed);
  ctx.lineWidth = 4 * unit;
  ctx.lineCap = ctx.lineJoin = "round";
  ctx.strokeStyle = colour;
  ctx.stroke();
  ctx.lineTo(headX, plot.bottom);
  ctx.closePath();
  ctx.globalAlpha = 0.13;
  ctx.fillStyle = colour;
  ctx.fill();
  ctx.globalAlpha = 0.25;
  dot(ctx, headX, headY, 13 * unit, colour);
  ctx.globalAlpha = 1;
  dot(ctx, headX, headY, 6 * unit, colour);
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} colour
 */
function dot(ctx, x, y, radius, colour) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = colour;
  ctx.fill();
}

/** Only the player's own and the latest few cash-outs get names, where there is room. The list of bets has them all. */
const NAMED = 4;

/**
 * @param {Sheet} sheet
 * @param {Plot} plot
 * @param {Mark[]} marks in order of time
 */
function paintMarks(sheet, plot, marks) {
  const { ctx, palette, width } = sheet;
  const unit = unitOf(sheet);
  ctx.font = `${12 * unit}px ${palette.font}`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  let lastY = Infinity;
  marks.forEach((mark, index) => {
    const [x, y] = [plot.x(timeOf(mark.multiplier)), plot.y(mark.multiplier)];
    dot(ctx, x, y, (mark.mine ? 6 : 4) * unit, mark.mine ? palette.win : palette.text);
    const named = width >= 480 && (mark.mine || index >= marks.length - NAMED);
    if (!named || Math.abs(lastY - y) < 14 * unit) return;
    lastY = y;
    ctx.fillStyle = mark.mine ? palette.win : palette.muted;
    ctx.fillText(
      `${mark.player} ${multiplier(mark.multiplier)}`,
      Math.min(x + 10 * unit, plot.right - 90 * unit),
      y + 10 * unit,
    );
  });
}

/** @param {CanvasRenderingContext2D} ctx @param {string} text */
function widthsOf(ctx, text) {
  const cell = ctx.measureText("0").width;
  return Array.from(text, (sign) => (/\d/.test(sign) ? cell : ctx.measureText(sign).width));
}

/** @param {CanvasRenderingContext2D} ctx @param {string} text */
const widthOf = (ctx, text) => widthsOf(ctx, text).reduce((sum, width) => sum + width, 0);

/**
 * Draws text with digits of equal width, so that a changing number does not jitter.
 * @param {CanvasRenderingContext2D} ctx
 * @param {string} text
 * @param {number} centre
 * @param {number} y
 */
function fillTabular(ctx, text, centre, y) {
  const widths = widthsOf(ctx, text);
  let x = centre - widthOf(ctx, text) / 2;
  ctx.textAlign = "center";
  Array.from(text).forEach((sign, index) => {
    ctx.fillText(sign, x + widths[index] / 2, y);
    x += widths[index];
  });
}

/**
 * Over the curve, the headline stands at the upper left, where the curve passes below it.
 * @param {Sheet} sheet
 * @param {Moment} moment
 * @param {Plot | null} plot null without a curve
 */
function paintHeadline({ ctx, palette, width, height }, moment, plot) {
  const numeric = /^\d/.test(moment.headline);
  const room = plot ? plot.right - plot.left : width;
  const size = Math.round(Math.max(28, Math.min(room / (numeric ? 5.5 : 10), height / 3.2)));
  ctx.textBaseline = "middle";
  ctx.font = `700 ${size}px ${palette.font}`;
  const long = widthOf(ctx, moment.headline);
  const small = Math.max(14, Math.round(size / 5));
  const [centre, y] = plot
    ? [plot.left + Math.max(long / 2 + size * 0.15, room * 0.32), plot.top + size * 0.55]
    : [width / 2, height * 0.36];
  ctx.fillStyle = moment.phase === "ended" ? palette.crashed : palette.text;
  fillTabular(ctx, moment.headline, centre, y);
  ctx.font = `${small}px ${palette.font}`;
  ctx.fillStyle = palette.muted;
  fillTabular(ctx, moment.caption, centre, y + size * 0.62 + 8);
}

/**
 * Draws the bar that shows the remaining betting time.
 * @param {Sheet} sheet
 * @param {number} progress
 */
function paintCountdown(sheet, progress) {
  const { ctx, palette, width, height } = sheet;
  const unit = unitOf(sheet);
  const [long, y] = [Math.min(320 * unit, width * 0.6), height * 0.62];
  ctx.lineWidth = 6 * unit;
  ctx.lineCap = "round";
  for (const [part, colour] of /** @type {[number, string][]} */ ([
    [1, palette.grid],
    [progress, palette.line],
  ])) {
    if (part <= 0) continue;
    ctx.strokeStyle = colour;
    ctx.beginPath();
    ctx.moveTo((width - long) / 2, y);
    ctx.lineTo((width - long) / 2 + long * part, y);
    ctx.stroke();
  }
}

/**
 * @param {Sheet} sheet
 * @param {Moment} moment
 */
export function paint(sheet, moment) {
  const { ctx, palette } = sheet;
  ctx.clearRect(0, 0, sheet.width, sheet.height);
  const drawn = moment.phase === "running" || moment.phase === "ended";
  const plot = plotOf(sheet, drawn ? moment.elapsed : 0);
  if (drawn && !moment.still) {
    paintAxes(sheet, plot);
    paintCurve(sheet, plot, moment.elapsed, moment.phase === "ended" ? palette.crashed : palette.line);
    paintMarks(sheet, plot, moment.marks);
  }
  if (moment.phase === "betting" && moment.progress > 0) paintCountdown(sheet, moment.progress);
  paintHeadline(sheet, moment, drawn && !moment.still ? plot : null);
}
