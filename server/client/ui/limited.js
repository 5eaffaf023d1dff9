/** Text fields with a largest length. It is counted in Unicode code points, as the server counts it. */

import { announce } from "../dom.js";
import { html } from "../html.js";
import { texts } from "../texts.js";

/** The counter shows from this many characters on, or from the last fifth of a short field. */
const WARN_AT = 40;
/** A screen reader hears the counter only at these numbers, so that it does not speak at every key. */
const SPOKEN = [40, 20, 10, 5];

/** @typedef {HTMLInputElement | HTMLTextAreaElement} TextField */

/** The number of code points: an emoji outside the first plane is one, although JavaScript counts two. @param {string} words */
export const lengthOf = (words) => [...words].length;

/** @param {string} words @returns {string[]} its visible characters, such as an emoji of several code points */
function characters(words) {
  if (!("Segmenter" in Intl)) return [...words];
  return Array.from(new Intl.Segmenter().segment(words), ({ segment }) => segment);
}

/**
 * The text and the caret after the characters before the caret that are too many are gone. Visible characters stay whole.
 * @param {string} words @param {number} caret @param {number} most
 */
export function cut(words, caret, most) {
  const before = characters(words.slice(0, caret));
  const after = words.slice(caret);
  const room = Math.max(0, most - lengthOf(after));
  while (before.length > 0 && lengthOf(before.join("")) > room) before.pop();
  const kept = before.join("");
  return { words: [...(kept + after)].slice(0, most).join(""), caret: kept.length };
}

/** How many characters may follow before the counter shows. @param {number} most */
const warnAt = (most) => Math.min(WARN_AT, Math.ceil(most / 5));

/** @param {number} left @param {number} most */
const said = (left, most) => (left <= 0 ? texts.shell.form.full(most) : texts.shell.form.left(left));

/**
 * Handles an input event of a field: keeps its text within `most` characters, and tells screen readers how many are left.
 * Returns the texts.shell. A text that an input method still composes is left alone until it is finished.
 * @param {Event} event @param {number} most @param {string} before the text before the event
 */
export function limited(event, most, before) {
  const field = /** @type {TextField} */ (event.target);
  if (/** @type {InputEvent} */ (event).isComposing) return field.value;
  const over = lengthOf(field.value) > most;
  if (over) {
    // Fields such as those for e-mail addresses have no caret.
    const { words, caret } = cut(field.value, field.selectionStart ?? field.value.length, most);
    field.value = words;
    if (field.selectionStart !== null) field.setSelectionRange(caret, caret);
  }
  const [was, left] = [most - lengthOf(before), most - lengthOf(field.value)];
  const passed = SPOKEN.some((mark) => mark <= warnAt(most) && left <= mark && was > mark);
  if (over || (left === 0 && was > 0) || passed) announce(said(left, most), over);
  return field.value;
}

/** The number of characters left, once there are few. @param {{words: string, most: number}} props */
export function Counter({ words, most }) {
  const left = most - lengthOf(words);
  return left <= warnAt(most) && html`<span class="dim" data-testid="counter">${said(left, most)}</span>`;
}
