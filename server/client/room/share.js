/** A button that passes a link on: by the share sheet of a phone, or by copying it. Where both fail, it shows the link. */

import { useSignal } from "@preact/signals";
import { announce } from "../dom.js";
import { html } from "../html.js";
import { texts } from "../texts.js";

/** Whether this is a phone with a share sheet. */
const hasSheet = () => !!navigator.share && matchMedia("(pointer: coarse)").matches;

/** Opens the share sheet. False: it failed. @param {string} address */
async function openSheet(address) {
  try {
    await navigator.share({ title: document.title, url: address });
  } catch (error) {
    // The player has closed the sheet without choosing.
    return error instanceof DOMException && error.name === "AbortError";
  }
  return true;
}

/** `sheet` is the label where a share sheet opens. @param {{path: string, label: string, sheet?: string, done: string}} props */
export function Share({ path, label, sheet = label, done }) {
  const said = useSignal(/** @type {"" | "done" | "failed"} */ (""));
  const address = location.origin + path;
  const share = async () => {
    if (hasSheet() && (await openSheet(address))) return;
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
    <button type="button" class="button quiet" onClick=${share}>${said.value === "done" ? done : hasSheet() ? sheet : label}</button>
    ${
      said.value === "failed" &&
      html`<label class="share-address small">${texts.room.page.shareFailed}
        <input class="input mono" readonly value=${address}
          onFocus=${(/** @type {any} */ event) => event.target.select()} /></label>`
    }
  </span>`;
}
