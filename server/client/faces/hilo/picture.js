/** The picture of hi-lo for the lobby. */

import { html } from "../../html.js";
import { MiniCard } from "../../ui/picture.js";

export const Picture = () => html`<${MiniCard} card="D8" x=${43} y=${16} turn=${0} />
  <path class="pic-stroke win" d="M22 54V24M12 35 22 24 32 35" />
  <path class="pic-stroke loss" d="M98 26V56M88 45 98 56 108 45" />`;
