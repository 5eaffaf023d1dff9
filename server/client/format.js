/** Formats amounts, multipliers and dates for players, and reads what they type. Amounts are in cents. */

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

/** `0.98019` → `98.02 %`. @param {number} part */
export const percent = (part) => `${(part * 100).toLocaleString("en", { maximumFractionDigits: 2 })} %`;

/** With a sign: `+12.50`, `−3.00`. @param {number} cents */
export function signed(cents) {
  const sign = cents > 0 ? "+" : cents < 0 ? "−" : "";
  return sign + exact.format(Math.abs(cents) / 100);
}

/**
 * @typedef {object} TypedNumber
 * @property {string} digits the number that was read, such as `1234.5`
 * @property {string | null} other the other number that the same text can mean; null if it means one number only
 */

/** `1,234` and `1.234`: the sign can separate thousands or decimals. No group of thousands begins with 0. */
const TWO_READINGS = /^([1-9]\d{0,2})[.,](\d{3})$/;
const GROUPED = /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/;
const SPACED = /^[1-9]\d{0,2}(?:\s\d{3})+(?:[.,]\d*)?$/;

/** The separators of thousands removed, and a decimal comma made a point. @param {string} bare */
function unseparated(bare) {
  if (GROUPED.test(bare)) return bare.replaceAll(",", "");
  return (SPACED.test(bare) ? bare.replaceAll(/\s/g, "") : bare).replace(",", ".");
}

/** `007` → `7`, `1.500` → `1.5`, `.5` → `0.5`. @param {string} whole @param {string} decimals */
function tidy(whole, decimals) {
  const [front, back] = [whole.replace(/^0+(?=\d)/, "") || "0", decimals.replace(/0+$/, "")];
  return back ? `${front}.${back}` : front;
}

/**
 * The typed number; null if it is none. A point is a decimal point. A comma separates thousands where it can, otherwise
 * decimals: `1,234.5` → 1234.5, `1,500` → 1500, `12,50` → 12.5, `0,500` → 0.5.
 * @param {string} typed @returns {TypedNumber | null}
 */
export function readNumber(typed) {
  const bare = typed.trim();
  const parts = /^(\d{0,12})(?:\.(\d{0,12}))?$/.exec(unseparated(bare));
  if (!parts || !(parts[1] || parts[2])) return null;
  const digits = tidy(parts[1], parts[2] ?? "");
  const twice = TWO_READINGS.exec(bare);
  if (!twice) return { digits, other: null };
  const [thousands, decimal] = [twice[1] + twice[2], tidy(twice[1], twice[2])];
  return { digits, other: digits === thousands ? decimal : thousands };
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
