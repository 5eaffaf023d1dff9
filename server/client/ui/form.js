/** Forms: fields with labels, hints and errors. Server errors appear at their fields. */

import { useSignal } from "@preact/signals";
import { createContext } from "preact";
import { useContext, useId, useRef } from "preact/hooks";
import { ApiError } from "../api.js";
import { announce } from "../dom.js";
import { errorText } from "../error_text.js";
import { date } from "../format.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { Icon } from "./icons.js";
import { Counter, limited } from "./limited.js";
import { Reading, readings, showsReadingFirst, twoReadings } from "./reading.js";

/** @typedef {Record<string, string>} Values */

const Errors = createContext(/** @type {Values} */ ({}));

/** The error message for the whole form. @param {unknown} error */
function whole(error) {
  const wait = error instanceof ApiError && error.retryAfter;
  if (wait && error.code === "account_locked") return texts.shell.signIn.locked(texts.units.span(wait * 1000));
  return errorText(error);
}

/** What is wrong with a date that the player has changed, in words. @param {HTMLInputElement} field */
function wrongDate({ type, value, defaultValue, validity, min, max }) {
  if (type !== "date") return null;
  if (validity.badInput) return texts.shell.form.dateIncomplete;
  const out = value !== defaultValue && (validity.rangeUnderflow || validity.rangeOverflow);
  return out ? texts.shell.form.dateBetween(min && date(min), max && date(max)) : null;
}

/** What is wrong with a text that the player has entered, in words. @param {HTMLInputElement} field */
function wrongText({ type, value, minLength, title, validity }) {
  if (value === "") return null;
  if (type === "email" && validity.typeMismatch) return texts.shell.form.email;
  if (minLength > 0 && value.length < minLength) return texts.shell.form.tooShort(minLength);
  return validity.patternMismatch ? title : null;
}

/** What can be said of the fields before they are sent. @param {HTMLFormElement} form @returns {Values} */
function faultsOf(form) {
  /** @type {Values} */
  const found = {};
  for (const field of form.elements) {
    if (!(field instanceof HTMLInputElement)) continue;
    const empty = field.required && field.value.trim() === "" ? texts.shell.form.required : null;
    const wrong = wrongDate(field) ?? empty ?? wrongText(field);
    if (wrong) found[field.name] = wrong;
  }
  return found;
}

/** @param {HTMLFormElement} form @param {Values} errors */
function focusFirst(form, errors) {
  const first = [...form.elements].find(
    (field) => field instanceof HTMLElement && (field.getAttribute("name") ?? "") in errors,
  );
  if (first instanceof HTMLElement) first.focus();
}

/** The errors of an answer by field name. @param {unknown} error @returns {Values} */
function byField(error) {
  if (!(error instanceof ApiError)) return {};
  const listed = error.errors.map(({ field, message }) => [field, message]);
  if (error.code === "username_taken") listed.push(["username", errorText(error)]);
  return Object.fromEntries(listed);
}

/**
 * A form that submits once at a time. `onSubmit` gets the values by name; the form shows what it throws.
 * @param {{
 *   onSubmit: (values: Values, form: HTMLFormElement) => Promise<unknown>,
 *   submit: string,
 *   tone?: string,
 *   label?: string,
 *   children?: any,
 *   extra?: any,
 * }} props
 */
export function Form({ onSubmit, submit, tone = "primary", label, children, extra }) {
  const errors = useSignal(/** @type {Values} */ ({}));
  const failed = useSignal("");
  const busy = useSignal(false);
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));

  /** @param {Values} found @param {string} words */
  const refuse = (found, words) => {
    const node = form.current;
    const placed = Object.keys(found).some((field) => node?.elements.namedItem(field));
    errors.value = found;
    failed.value = placed ? "" : words;
    announce(placed ? Object.values(found).join(" ") : words, true);
    if (node && placed) requestAnimationFrame(() => focusFirst(node, found));
  };

  /** Removes the error of a field when the player changes the field. @param {Event} event */
  const change = ({ target }) => {
    const { [/** @type {HTMLInputElement} */ (target).name]: gone, ...others } = errors.peek();
    if (gone) errors.value = others;
  };

  /** @param {SubmitEvent} event */
  const send = async (event) => {
    event.preventDefault();
    const node = form.current;
    if (!node || busy.peek()) return;
    const faults = faultsOf(node);
    if (Object.keys(faults).length) return refuse(faults, "");
    busy.value = true;
    try {
      const entries = [...new FormData(node)].map(([name, value]) => [name, String(value)]);
      await onSubmit(Object.fromEntries(entries), node);
      errors.value = {};
      failed.value = "";
    } catch (error) {
      refuse(byField(error), whole(error));
    } finally {
      busy.value = false;
    }
  };

  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && showsReadingFirst(event)) event.preventDefault();
  };

  return html`<form class="form" ref=${form} onSubmit=${send} onInput=${change} onKeyDown=${onKeyDown} noValidate
    aria-label=${label}>
    <${Errors.Provider} value=${errors.value}>${children}<//>
    ${
      failed.value &&
      html`<p class="form-error" data-testid="form-error"><${Icon} name="warning" />
      <span>${failed.value}</span></p>`
    }
    <div class="row">
      <button type="submit" class="button ${tone}" aria-busy=${busy.value} aria-disabled=${busy.value}>
        ${submit}</button>
      ${extra}
    </div>
  </form>`;
}

/**
 * @typedef {object} FieldProps
 * @property {string} name
 * @property {string} label
 * @property {string} [type]
 * @property {string} [hint]
 * @property {string} [value] the initial value
 * @property {boolean} [required]
 * @property {boolean} [multiline]
 * @property {string} [autocomplete]
 * @property {string} [inputmode]
 * @property {number} [most] the largest number of characters
 * @property {number} [minLength]
 * @property {string} [pattern] what the whole text must be like; `title` says it in words
 * @property {string} [title]
 * @property {string} [min]
 * @property {string} [max]
 * @property {(value: string) => void} [onInput]
 * @property {any} [after] content beside the field
 * @property {any} [below] content below the field
 * @property {boolean} [spellcheck]
 * @property {string} [amount] the unit, if the field takes an amount or another number: it then shows how it is read
 */

/** @param {FieldProps} props */
export function Field({
  name,
  label,
  hint,
  type = "text",
  value = "",
  required = true,
  multiline,
  onInput,
  after,
  below,
  amount,
  most,
  ...rest
}) {
  const id = useId();
  const typed = useSignal(value);
  const error = useContext(Errors)[name];
  const described = [
    hint && `${id}-hint`,
    error && `${id}-error`,
    amount !== undefined && `${id}-read`,
    most && `${id}-left`,
  ]
    .filter(Boolean)
    .join(" ");
  const take = (/** @type {Event} */ event) => {
    const { value: now } = /** @type {HTMLInputElement} */ (event.target);
    typed.value = most ? limited(event, most, typed.peek()) : now;
    onInput?.(typed.peek());
  };
  // Shows the number that was read in place of a text that can mean two.
  const leave = (/** @type {FocusEvent} */ { target }) => {
    const found = readings(typed.peek(), amount);
    if (found) typed.value = /** @type {HTMLInputElement} */ (target).value = found.meant;
  };
  const ofAmount = amount === undefined ? {} : { "data-two-readings": twoReadings(typed.value), onBlur: leave };
  const shared = {
    id,
    name,
    class: "input",
    required,
    defaultValue: value,
    "aria-invalid": error ? "true" : undefined,
    "aria-describedby": described || undefined,
    onInput: take,
    onCompositionEnd: take,
    ...ofAmount,
    ...rest,
  };
  return html`<div class="field">
    <label for=${id}>${label}${!required && html` <span class="dim">(${texts.shell.optional})</span>`}</label>
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    <div class="with-button">
      ${multiline ? html`<textarea ...${shared}></textarea>` : html`<input type=${type} ...${shared} />`}
      ${after}
    </div>
    ${below}
    ${most && html`<p class="hint" id="${id}-left"><${Counter} words=${typed.value} most=${most} /></p>`}
    ${amount !== undefined && html`<${Reading} id="${id}-read" typed=${typed.value} unit=${amount} />`}
    ${error && html`<p class="error" id="${id}-error"><${Icon} name="warning" /><span>${error}</span></p>`}
  </div>`;
}

/** A password field that can show its texts.shell. @param {FieldProps} props */
export function PasswordField(props) {
  const shown = useSignal(false);
  const words = shown.value ? texts.shell.form.hidePassword : texts.shell.form.showPassword;
  const toggle = html`<button type="button" class="button" aria-label=${words} title=${words}
    aria-pressed=${shown.value}
    onClick=${() => (shown.value = !shown.peek())}><${Icon} name="eye" /></button>`;
  return html`<${Field} ...${props} type=${shown.value ? "text" : "password"} spellcheck=${false} after=${toggle} />`;
}
