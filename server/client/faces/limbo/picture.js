/** The picture of limbo for the lobby. */

import { html } from "../../html.js";

export const Picture = () => html`<path class="pic-grid" d="M12 26H108" stroke-dasharray="4 4" />
  <path class="pic-wash" d="M46 74V38L60 14 74 38V74Z" />
  <path class="pic-stroke accent" d="M60 74V20M42 38 60 18 78 38" />
  <path class="pic-stroke win thin" d="M90 14 104 28M104 14 90 28" />
  <path class="pic-grid" d="M16 74H104" />`;
