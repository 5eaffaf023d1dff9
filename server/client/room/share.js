/** A button that copies a link, or shows it where copying fails. */

import { useSignal } from "@preact/signals";
import { announce } from "../dom.js";
import { html } from "../html.js";
import { roomText } from "../room_text.js";

/** @param {{path: string, label: string, done: string}} props */
export function Share({ path, label, done }) {
  const said = useSignal(/** @type {"" | "done" | "failed"} */ (""));
  const address = location.origin + path;
  const share = async () => {
    try {
      await navigator.clipboard.writeText(address);
      said.value = "done";
      announce(done);
      setTimeout(() => (said.value = ""), 3_000);
    } catch {
      said.value = "failed";
    }
  };
  return html`<span class="share">
    <button type="button" class="button quiet" onClick=${share}>${said.value === "done" ? done : label}</button>
    ${
      said.value === "failed" &&
      html`<label class="share-address small">${roomText.page.shareFailed}
        <input class="input mono" readonly value=${address}
          onFocus=${(/** @type {any} */ event) => event.target.select()} /></label>`
    }
  </span>`;
}
