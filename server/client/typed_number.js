/** Reads numbers as players type them: one rule for every amount and multiplier of the client. */

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
