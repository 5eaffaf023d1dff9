/** The crash curve as a function of time, and its growing axes. Pure. */

/** The growth rate of the multiplier per millisecond. */
export const GROWTH = 0.00006;

/** Within this relative distance, a double can't tell on which side of an integer a value lies. */
const DOUBT = 1e-12;
const SCALE = 10n ** 40n;

/**
 * The server's multiplier in hundredths, `elapsed` ms after the start: `floor(100 × e^(0.00006 t))`.
 * @param {number} elapsed rounded down to whole milliseconds
 */
export function hundredthsAt(elapsed) {
  const ms = Math.max(0, Math.floor(elapsed));
  const value = 100 * Math.exp((ms * 6) / 100_000);
  const whole = Math.floor(value);
  if (Math.min(value - whole, whole + 1 - value) > value * DOUBT) return whole;
  return exactHundredths(ms);
}

/**
 * The same with 40 digits, by the series of e^x in integers.
 * @param {number} ms
 */
function exactHundredths(ms) {
  const x = (BigInt(ms) * 6n * SCALE) / 100_000n;
  let [sum, term] = [SCALE, SCALE];
  for (let i = 1n; term > 0n; i++) {
    term = (term * x) / SCALE / i;
    sum += term;
  }
  return Number((100n * sum) / SCALE);
}

/**
 * The first millisecond at which the curve reaches `multiplier`.
 * @param {number} multiplier hundredths, 100 or more
 */
export function dueAt(multiplier) {
  let ms = Math.ceil((Math.log(multiplier / 100) * 100_000) / 6);
  while (ms > 0 && hundredthsAt(ms - 1) >= multiplier) ms--;
  while (hundredthsAt(ms) < multiplier) ms++;
  return ms;
}

/**
 * The multiplier without rounding, for drawing.
 * @param {number} elapsed
 */
export function smoothAt(elapsed) {
  return Math.exp(GROWTH * Math.max(0, elapsed));
}

/**
 * When the curve passes `multiplier`, in ms after the start, for drawing.
 * @param {number} multiplier 1 or more
 */
export function timeOf(multiplier) {
  return Math.log(Math.max(1, multiplier)) / GROWTH;
}

/** The smallest range of the axes. They grow with the curve once it exceeds this. */
const FIRST_SPAN_MS = 8000;
const FIRST_TOP = 1.8;

/**
 * The range of both axes when the curve is `elapsed` ms old.
 * @param {number} elapsed
 * @returns {{span: number, top: number}} span in ms, top as a multiplier
 */
export function axesAt(elapsed) {
  const span = Math.max(FIRST_SPAN_MS, elapsed * 1.12);
  const top = Math.max(FIRST_TOP, 1 + (smoothAt(elapsed) - 1) * 1.25);
  return { span, top };
}

/**
 * At most `most` round numbers between `from` and `to`, 1, 2 or 5 times a power of ten apart.
 * @param {number} from
 * @param {number} to
 * @param {number} most
 * @returns {number[]}
 */
export function roundSteps(from, to, most) {
  const rough = (to - from) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? 10 * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}
