/** The picture of crash for the lobby. */

import { html } from "../../html.js";

export const Picture = () => html`<path class="pic-grid" d="M8 20H112M8 38H112M8 56H112" />
  <path class="pic-wash" d="M8 72C52 71 86 52 101 18V72Z" />
  <path class="pic-stroke accent" d="M8 72C52 71 86 52 101 18" />
  <circle class="accent" cx="101" cy="18" r="7" />`;
