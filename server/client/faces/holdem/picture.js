/** The picture of hold'em for the lobby. */

import { html } from "../../html.js";
import { MiniCard, MiniChip } from "../../ui/picture.js";

export const Picture = () => html`<${MiniCard} card="HA" x=${32} y=${4} turn=${-9} />
  <${MiniCard} card="SA" x=${52} y=${4} turn=${9} />
  <path class="pic-felt" d="M2 80C20 54 100 54 118 80Z" />
  <${MiniChip} x=${46} y=${67} />
  <${MiniChip} x=${60} y=${62} />
  <${MiniChip} x=${74} y=${67} />`;
