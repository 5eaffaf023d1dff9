/** The picture of dice for the lobby. */

import { html } from "../../html.js";

export const Picture = () => html`<g transform="rotate(-14 42 44)">
    <rect class="white edge" x="22" y="24" width="40" height="40" rx="8" />
    <g class="ink"><circle cx="32" cy="34" r="4" /><circle cx="52" cy="34" r="4" /><circle cx="42" cy="44" r="4" />
      <circle cx="32" cy="54" r="4" /><circle cx="52" cy="54" r="4" /></g>
  </g>
  <g transform="rotate(12 82 36)">
    <rect class="accent" x="64" y="18" width="36" height="36" rx="7" />
    <g class="ink"><circle cx="74" cy="28" r="3.6" /><circle cx="90" cy="44" r="3.6" /></g>
  </g>`;
