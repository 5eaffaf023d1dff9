/** Formats amounts, multipliers and dates for players, and reads what they type. Amounts are in cents. */

import { language, localesOf } from "./language.js";

/** @typedef {ReturnType<typeof formatsOf>} Formats */

/** The formats of a locale. @param {import("./language.js").Locales} locales */
export function formatsOf({ numbers, dates }) {
  /** @type {Map<string, Intl.NumberFormat>} */
  const known = new Map();
  /** @param {number} value @param {Intl.NumberFormatOptions} options */
  const formatted = (value, options) => {
    const key = JSON.stringify(options);
    const format = known.get(key) ?? new Intl.NumberFormat(numbers, options);
    known.set(key, format);
    return format.format(value);
  };
  const dayAndTime = new Intl.DateTimeFormat(dates, { dateStyle: "medium", timeStyle: "short" });
  const dayOnly = new Intl.DateTimeFormat(dates, { dateStyle: "medium" });
  const timeOnly = new Intl.DateTimeFormat(dates, { timeStyle: "short" });

  /** A number with up to `most` decimals: `1234` → `1,234`. @param {number} value @param {number} [most] */
  const number = (value, most = 3) => formatted(value, { maximumFractionDigits: most });

  /** Always with the same number of decimals: `12.50`. @param {number} value @param {number} decimals */
  const fixed = (value, decimals) =>
    formatted(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

  /** For an input field, without separators of thousands. @param {number} value @param {number} decimals */
  const plainFixed = (value, decimals) =>
    formatted(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals, useGrouping: false });

  /** Always with two decimals, for columns: `100000` → `1,000.00`. @param {number} cents */
  const chipsExact = (cents) => fixed(cents / 100, 2);

  return {
    number,
    fixed,
    plainFixed,
    chipsExact,

    /** `123456` → `1,234.56`; `100000` → `1,000`. @param {number} cents */
    chips: (cents) => (cents % 100 === 0 ? fixed(cents / 100, 0) : chipsExact(cents)),

    /** For an input field: `123450` → `1234.50`, `1000` → `10`. @param {number} cents */
    plainChips: (cents) => plainFixed(cents / 100, cents % 100 === 0 ? 0 : 2),

    /** `0.98019` → `98.02 %`. @param {number} part */
    percent: (part) => `${number(part * 100, 2)} %`,

    /** With a sign: `+12.50`, `−3.00`. @param {number} cents */
    signed: (cents) => (cents > 0 ? "+" : cents < 0 ? "−" : "") + chipsExact(Math.abs(cents)),

    /** `2.3` → `2.30×`. @param {number} value */
    multiplier: (value) => `${fixed(value, 2)}×`,

    /** With two to four decimals: `1.125×`. @param {number} value */
    exactMultiplier: (value) => `${formatted(value, { minimumFractionDigits: 2, maximumFractionDigits: 4 })}×`,

    /** For an input field, with as many decimals as it has: `2.5`. @param {number} value */
    plainNumber: (value) => formatted(value, { maximumFractionDigits: 12, useGrouping: false }),

    /** For an input field, with this many digits that count: `0.000099`. @param {number} value @param {number} digits */
    plainSignificant: (value, digits) =>
      formatted(value, { minimumSignificantDigits: digits, maximumSignificantDigits: digits, useGrouping: false }),

    /** @param {string | number} when ISO text or ms @returns {string} */
    dateTime: (when) => dayAndTime.format(new Date(when)),

    /** @param {string | number} when ISO text or ms @returns {string} */
    date: (when) => dayOnly.format(new Date(when)),

    /** @param {string | number} when ISO text or ms @returns {string} */
    time: (when) => timeOnly.format(new Date(when)),
  };
}

export const {
  chips,
  chipsExact,
  date,
  dateTime,
  exactMultiplier,
  fixed,
  multiplier,
  number,
  percent,
  plainChips,
  plainFixed,
  plainNumber,
  plainSignificant,
  signed,
  time,
} = formatsOf(localesOf(language));

const few = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** On a small chip: `1.25K`, in every language, because the words of others don’t fit. @param {number} value */
export const compact = (value) => few.format(value);

/**
 * @typedef {object} TypedNumber
 * @property {string} digits the number that was read, such as `1234.5`
 * @property {string | null} other the other number that the same text can mean; null if it means one number only
 */

/** `1,234` and `1.234`: the sign can separate thousands or decimals. No group of thousands begins with 0. */
const TWO_READINGS = /^([1-9]\d{0,2})[.,](\d{3})$/;
const SPACED = /^[1-9]\d{0,2}(?:[\s'’]\d{3})+(?:[.,]\d*)?$/;
const DEVANAGARI = /[०-९]/g;

/** `007` → `7`, `1.500` → `1.5`, `.5` → `0.5`. @param {string} whole @param {string} decimals */
function tidy(whole, decimals) {
  const [front, back] = [whole.replace(/^0+(?=\d)/, "") || "0", decimals.replace(/0+$/, "")];
  return back ? `${front}.${back}` : front;
}

/** How a locale writes numbers: its decimal sign, and whether groups above the thousands have two digits. @param {string} locale */
function signsOf(locale) {
  const parts = new Intl.NumberFormat(locale).formatToParts(12_345_678.9);
  const decimal = parts.find(({ type }) => type === "decimal")?.value ?? ".";
  return { decimal, hasPairs: parts.filter(({ type }) => type === "integer")[1]?.value.length === 2 };
}

/** Reads numbers that are typed as in a locale. @param {string} locale */
export function readerOf(locale) {
  const { decimal, hasPairs } = signsOf(locale);
  // Of point and comma, one is the decimal sign. The other one separates thousands where it can, otherwise decimals.
  const [sign, separator] = decimal === "," ? [",", "\\."] : ["\\.", ","];
  const decimals = `(?:${sign}\\d*)?$`;
  const grouped = new RegExp(`^[1-9]\\d{0,2}(?:${separator}\\d{3})+${decimals}`);
  const paired = new RegExp(`^[1-9]\\d?(?:${separator}\\d{2})+${separator}\\d{3}${decimals}`);

  /** The separators of thousands removed, and the decimal sign made a point. @param {string} bare */
  const unseparated = (bare) => {
    if (grouped.test(bare) || (hasPairs && paired.test(bare)))
      return bare.replaceAll(decimal === "," ? "." : ",", "").replace(",", ".");
    return (SPACED.test(bare) ? bare.replaceAll(/[\s'’]/g, "") : bare).replace(",", ".");
  };

  /**
   * The typed number; null if it is none. In English: `1,234.5` → 1234.5, `1,500` → 1500, `12,50` → 12.5, `0,500` → 0.5.
   * @param {string} typed @returns {TypedNumber | null}
   */
  const readNumber = (typed) => {
    const bare = typed.trim().replaceAll(DEVANAGARI, (digit) => String(digit.charCodeAt(0) - "०".charCodeAt(0)));
    const parts = /^(\d{0,12})(?:\.(\d{0,12}))?$/.exec(unseparated(bare));
    if (!parts || !(parts[1] || parts[2])) return null;
    const digits = tidy(parts[1], parts[2] ?? "");
    const twice = TWO_READINGS.exec(bare);
    if (!twice) return { digits, other: null };
    const [thousands, decimal] = [twice[1] + twice[2], tidy(twice[1], twice[2])];
    return { digits, other: digits === thousands ? decimal : thousands };
  };

  /**
   * The typed amount in cents; null if it is not an amount: `1,234.5` → `123450`, `12,50` → `1250`. See `readNumber`.
   * @param {string} text @returns {number | null}
   */
  const parseChips = (text) => centsOf(readNumber(text)?.digits ?? "");

  /** For an input field, the digits that were read: `1234.5`, or `1234,5` where the comma is the decimal sign. @param {string} digits */
  const typedAs = (digits) => digits.replace(".", decimal);

  return { parseChips, readNumber, typedAs };
}

/** The cents of an amount as `readNumber` gives it; null if it has more than two decimals. @param {string} digits */
export function centsOf(digits) {
  const match = /^(\d+)(?:\.(\d{1,2}))?$/.exec(digits);
  return match && Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

export const { parseChips, readNumber, typedAs } = readerOf(localesOf(language).numbers);
