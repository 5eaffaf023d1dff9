/** The picture of roulette for the lobby. */

import { html } from "../../html.js";

export const Picture = () => html`<circle class="red" cx="60" cy="40" r="34" />
  <circle class="pic-ring black" cx="60" cy="40" r="25.5" stroke-width="17" stroke-dasharray="8.01 8.01" />
  <path class="green" d="M60 40 55.7 6.3A34 34 0 0 1 64.3 6.3Z" />
  <circle class="pic-ring accent" cx="60" cy="40" r="34" stroke-width="2.5" />
  <circle class="raised" cx="60" cy="40" r="17" />
  <path class="pic-stroke accent thin" d="M60 29V51M49 40H71" />
  <circle class="accent" cx="60" cy="40" r="4.5" />
  <circle class="white" cx="83" cy="20" r="4.5" />`;
