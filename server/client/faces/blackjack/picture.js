/** The picture of blackjack for the lobby. */

import { html } from "../../html.js";
import { MiniCard } from "../../ui/picture.js";

export const Picture = () => html`<${MiniCard} card="SA" x=${26} y=${16} turn=${-12} />
  <${MiniCard} card="HJ" x=${56} y=${12} turn=${10} />`;
