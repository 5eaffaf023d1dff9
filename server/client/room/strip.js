/** The strip of past rounds, newest first. Each links to its proof. */

import { html } from "../html.js";
import { texts } from "../texts.js";

/** @param {{store: import("../rooms.js").RoomStore, face: import("../shapes.d.ts").Face}} props */
export function Strip({ store, face }) {
  const history = store.history.value;
  if (history.length === 0) return html`<p class="strip dim small">${texts.room.strip.empty}</p>`;
  return html`<ol class="strip" aria-label=${texts.room.strip.label} data-testid="history" tabindex="0">
    ${history.map(({ round, outcome }) => {
      const { text, tone } = face.resultText(outcome);
      return html`<li key=${round}>
        <a class=${`chip number ${tone === "plain" ? "" : tone}`} href=${`/rounds/${round}`}
          aria-label=${texts.room.strip.open(round, text)}>${text}</a>
      </li>`;
    })}
  </ol>`;
}
