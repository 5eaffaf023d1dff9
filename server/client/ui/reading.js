/** Shows how a typed number was read where the same text can mean two numbers, before anything is done with it. */

import { centsOf, plainChips, readNumber, typedAs } from "../format.js";
import { html } from "../html.js";
import { texts } from "../texts.js";

const UNITS = /[×x%]$/;

/** @param {string} typed */
const read = (typed) => readNumber(typed.trim().replace(UNITS, ""));

/** The number that was read, and the other one that the text can mean; null if it means one number only.
 * @param {string} typed @param {string} [unit] */
export function readings(typed, unit) {
  const found = read(typed);
  if (!found?.other) return null;
  if (unit !== "chips") return { meant: typedAs(found.digits), other: typedAs(found.other) };
  const [meant, other] = [found.digits, found.other].map(centsOf);
  // With more than two decimals it is no amount, so there is nothing to choose.
  return meant === null ? null : { meant: plainChips(meant), other: other === null ? null : plainChips(other) };
}

/** For `data-two-readings` of a field: set while its text can mean two numbers. @param {string | null} typed */
export const twoReadings = (typed) => (typed !== null && read(typed)?.other ? "true" : undefined);

/**
 * True if Enter was pressed in a field whose text can mean two numbers. The field then shows the number that was read,
 * and the next Enter acts on it.
 * @param {KeyboardEvent} event
 */
export function showsReadingFirst({ target }) {
  if (!(target instanceof HTMLInputElement) || !target.dataset.twoReadings) return false;
  target.blur(); // the field replaces its text with the number that was read
  target.focus();
  return true;
}

/** @param {{id: string, typed: string, unit?: string}} props */
export function Reading({ id, typed, unit }) {
  const found = readings(typed, unit);
  return html`<p id=${id} class="hint" role="status" data-testid=${id}>${
    found && texts.shell.form.readAs(found.meant, found.other, unit ?? "")
  }</p>`;
}
