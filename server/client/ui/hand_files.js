/** Saves a poker hand as a file, in the formats that other programs read. */

import { api } from "../api.js";
import { errorText } from "../error_text.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { toast } from "./toast.js";

const FORMATS = /** @type {const} */ ({ phh: "phh", text: "txt" });

/** @param {{round: string}} props */
export function HandFiles({ round }) {
  const save = (/** @type {keyof typeof FORMATS} */ format) =>
    api
      .download("GET /rounds/{round}/hand", { format }, `${round}.${FORMATS[format]}`, { round })
      .catch((error) => toast(errorText(error), "bad"));
  return html`<span class="row hand-files">${
    /** @type {(keyof typeof FORMATS)[]} */ (Object.keys(FORMATS)).map(
      (format) => html`<button key=${format} type="button" class="button" data-format=${format}
      aria-label=${texts.shell.hands.save(round, texts.shell.hands.formats[format])} onClick=${() => save(format)}>
      ${texts.shell.hands.formats[format]}</button>`,
    )
  }</span>`;
}
