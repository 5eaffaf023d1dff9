/** The filters of a list: type, game, and first and last day. */

import { useSignal } from "@preact/signals";
import { html } from "../html.js";
import { texts } from "../texts.js";

/**
 * @typedef {{category: string, game: string, from: string, to: string}} Chosen days are `2026-11-24`, empty: no bound
 */

/** @type {Chosen} */
export const NOTHING = { category: "", game: "", from: "", to: "" };

/** The days that can be asked for; years have four digits. */
const [FIRST_DAY, LAST_DAY] = ["1970-01-01", "9999-12-30"];

/** The start of a local day in ISO format for the API, `days` later. @param {string} day @param {number} [days] */
function instant(day, days = 0) {
  if (!day) return "";
  const [year, month, date] = day.split("-").map(Number);
  return new Date(year, month - 1, date + days).toISOString();
}

/**
 * The filters as query parameters. The last day is included.
 * @param {Chosen} chosen
 * @returns {Record<string, string>}
 */
export function filterParams({ category, game, from, to }) {
  return { category, game, from: instant(from), to: instant(to, 1) };
}

/**
 * @param {{
 *   chosen: import("@preact/signals").Signal<Chosen>,
 *   categories?: Record<string, string>,
 *   games?: Record<string, string>,
 *   extra?: any,
 * }} props
 */
export function Filters({ chosen, categories, games, extra }) {
  const t = texts.shell.filters;
  /** Days out of range, as the fields have them. */
  const wrong = useSignal(/** @type {Partial<Chosen>} */ ({}));
  /** @param {keyof Chosen} name */
  const set = (name) => (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    chosen.value = { ...chosen.peek(), [name]: value };
  };
  /** A day out of range is no filter, and the field says so. @param {"from" | "to"} name */
  const setDay = (name) => (/** @type {Event} */ event) => {
    const { validity, value } = /** @type {HTMLInputElement} */ (event.target);
    const bad = validity.rangeUnderflow || validity.rangeOverflow;
    wrong.value = { ...wrong.peek(), [name]: bad ? value : undefined };
    if (!bad) set(name)(event);
  };
  /** @param {"category" | "game"} name @param {string} label @param {Record<string, string>} options */
  const select = (name, label, options) => html`<label class="filter"><span class="label">${label}</span>
    <select class="input" value=${chosen.value[name]} onChange=${set(name)}>
      <option value="">${texts.shell.all}</option>
      ${Object.entries(options).map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}
    </select></label>`;
  /** @param {"from" | "to"} name @param {string} label */
  const day = (name, label) => html`<label class="filter"><span class="label">${label}</span>
    <input class="input" type="date" value=${wrong.value[name] ?? chosen.value[name]} min=${FIRST_DAY} max=${LAST_DAY}
      aria-invalid=${wrong.value[name] ? "true" : undefined} aria-describedby="filters-error"
      onChange=${setDay(name)} /></label>`;
  return html`<div class="filters" role="group" aria-label=${t.label}>
    ${categories && select("category", t.category, categories)} ${games && select("game", t.game, games)}
    ${day("from", t.from)} ${day("to", t.to)} ${extra}
    <p id="filters-error" class="loss small" role="status">${(wrong.value.from || wrong.value.to) && t.badDay}</p>
  </div>`;
}
