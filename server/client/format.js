/** Formats amounts, multipliers and dates for players. Amounts are in cents. */

import { readNumber } from "./typed_number.js";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const exact = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const dayAndTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const dayOnly = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });
const timeOnly = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });

/** `123456` → `1,234.56`; `100000` → `1,000`. @param {number} cents */
export function chips(cents) {
  return cents % 100 === 0 ? whole.format(cents / 100) : exact.format(cents / 100);
}

/** Always with two decimals, for columns: `100000` → `1,000.00`. @param {number} cents */
export const chipsExact = (cents) => exact.format(cents / 100);

/** With a sign: `+12.50`, `−3.00`. @param {number} cents */
export function signed(cents) {
  const sign = cents > 0 ? "+" : cents < 0 ? "−" : "";
  return sign + exact.format(Math.abs(cents) / 100);
}

/**
 * The typed amount in cents; null if it is not an amount: `1,234.5` → `123450`, `12,50` → `1250`. See `readNumber`.
 * @param {string} text @returns {number | null}
 */
export function parseChips(text) {
  const match = /^(\d+)(?:\.(\d{1,2}))?$/.exec(readNumber(text)?.digits ?? "");
  return match && Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

/** For an input field: `123450` → `1234.50`, `1000` → `10`. @param {number} cents */
export function plainChips(cents) {
  return cents % 100 === 0 ? String(cents / 100) : (cents / 100).toFixed(2);
}

/** `2.3` → `2.30×`. @param {number} value */
export const multiplier = (value) => `${exact.format(value)}×`;

/** @param {string | number} when ISO text or ms @returns {string} */
export const dateTime = (when) => dayAndTime.format(new Date(when));

/** @param {string | number} when ISO text or ms @returns {string} */
export const date = (when) => dayOnly.format(new Date(when));

/** @param {string | number} when ISO text or ms @returns {string} */
export const time = (when) => timeOnly.format(new Date(when));

/** A time span: `3400` → `3.4 s`, `192000` → `3 min`. @param {number} ms */
export function span(ms) {
  if (ms < 60_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 86_400_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} d`;
}

/** An amount with its unit: `12.5 chips`. @param {number} cents */
export const inChips = (cents) => `${chips(cents)} ${cents === 100 ? "chip" : "chips"}`;
