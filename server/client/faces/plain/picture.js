/** The picture of a game without a picture of its own for the lobby. */

import { html } from "../../html.js";
import { MiniChip } from "../../ui/picture.js";

export const Picture = () => html`<${MiniChip} x=${44} y=${46} size=${24} />
  <${MiniChip} x=${76} y=${34} size=${24} />`;
