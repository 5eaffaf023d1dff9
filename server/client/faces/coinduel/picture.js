/** The picture of the coin duel for the lobby. */

import { html } from "../../html.js";

export const Picture = () => html`<circle class="pic-coin shade" cx="75" cy="43" r="25" />
  <text class="pic-letter" x="83" y="52" text-anchor="middle">T</text>
  <circle class="accent" cx="46" cy="37" r="28" />
  <circle class="pic-ring ink dotted" cx="46" cy="37" r="22" stroke-width="1.8" stroke-dasharray="1.8 3.2" />
  <text class="pic-letter ink" x="46" y="46.5" text-anchor="middle">H</text>`;
