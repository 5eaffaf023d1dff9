/** A number field that shows an error below it and passes on valid numbers only. */

import { useSignal } from "@preact/signals";
import { readNumber } from "../format.js";
import { html } from "../html.js";
import { Reading, twoReadings } from "../ui/reading.js";

/**
 * The typed number, with or without a unit; null if it is not a number.
 * @param {string} typed
 */
export function parseNumber(typed) {
  const read = readNumber(typed.trim().replace(/[×x%]$/, ""));
  return read && Number(read.digits);
}

/**
 * Shows `shown` unless the player is typing. `take` gets each typed number and returns whether it is valid.
 * @param {{
 *   id: string,
 *   label: string,
 *   unit?: string,
 *   shown: string,
 *   bad: string,
 *   take: (typed: number) => boolean,
 * }} props
 */
export function NumberField({ id, label, unit, shown, bad, take }) {
  const typed = useSignal(/** @type {string | null} */ (null));
  const wrong = useSignal(false);
  const read = (/** @type {any} */ event) => {
    typed.value = event.target.value;
    const number = parseNumber(event.target.value);
    wrong.value = number === null || !take(number);
  };
  const leave = () => {
    typed.value = null;
    wrong.value = false;
  };
  return html`<div class="field">
    <label for=${id}>${label} ${unit && html`<span class="dim">${unit}</span>`}</label>
    <input id=${id} class="input number" data-part="action" inputmode="decimal" autocomplete="off" value=${typed.value ?? shown}
      aria-invalid=${wrong.value ? "true" : undefined} aria-describedby=${`${id}-error ${id}-read`}
      data-two-readings=${twoReadings(typed.value)} onInput=${read} onBlur=${leave} />
    <${Reading} id=${`${id}-read`} typed=${typed.value ?? ""} unit=${unit} />
    <p id=${`${id}-error`} class="error" hidden=${!wrong.value}>${bad}</p>
  </div>`;
}
