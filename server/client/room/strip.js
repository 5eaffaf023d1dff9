/** The strip of past rounds, newest first. Each links to its proof. */

import { html } from "../html.js";
import { roomText } from "../room_text.js";

/** @param {{store: import("../rooms.js").RoomStore, face: import("../shapes.d.ts").Face}} props */
export function Strip({ store, face }) {
  const history = store.history.value;
  if (history.length === 0) return html`<p class="strip dim small">${roomText.strip.empty}</p>`;
  return html`<ol class="strip" aria-label=${roomText.strip.label} data-testid="history" tabindex="0">
    ${history.map(({ round, outcome }) => {
      const { text, tone } = face.resultText(outcome);
      return html`<li key=${round}>
        <a class=${`chip number ${tone === "plain" ? "" : tone}`} href=${`/rounds/${round}`}
          aria-label=${roomText.strip.open(round, text)}>${text}</a>
      </li>`;
    })}
  </ol>`;
}
