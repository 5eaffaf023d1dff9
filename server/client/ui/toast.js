/** Short messages in the corner that disappear after a while. */

import { signal } from "@preact/signals";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { Icon } from "./icons.js";

/** @typedef {{id: number, text: string, tone: "plain" | "good" | "bad"}} Toast */

const STAY_MS = 8_000;
let next = 1;

/** @type {import("@preact/signals").Signal<Toast[]>} */
const toasts = signal([]);

/** @param {number} id */
const dismiss = (id) => (toasts.value = toasts.value.filter((each) => each.id !== id));

/** @param {string} words @param {Toast["tone"]} [tone] */
export function toast(words, tone = "plain") {
  const id = next++;
  toasts.value = [...toasts.value.slice(-2), { id, text: words, tone }];
  setTimeout(() => dismiss(id), STAY_MS);
}

export function Toasts() {
  const each = (/** @type {Toast} */ { id, text: words, tone }) => html`<div key=${id} class="toast ${tone}">
    <p>${words}</p>
    <button type="button" class="button quiet" aria-label=${texts.shell.close} onClick=${() => dismiss(id)}>
      <${Icon} name="cross" /></button>
  </div>`;
  return html`<div class="toasts" role="status">${toasts.value.map(each)}</div>`;
}
