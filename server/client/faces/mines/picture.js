/** The picture of mines for the lobby. */

import { html } from "../../html.js";

const CELLS = [11, 45, 79, 11, 45, 79];

export const Picture = () => html`${CELLS.map(
  (x, index) => html`<rect class="raised edge" x=${x} y=${index < 3 ? 8 : 42} width="30" height="30" rx="6" />`,
)}
  <path class="win" d="M60 14 69 23 60 34 51 23Z" />
  <g transform="translate(94 57)">
    <path class="pic-stroke loss thin" d="M0-12V12M-12 0H12M-8.5-8.5 8.5 8.5M8.5-8.5-8.5 8.5" />
    <circle class="loss" r="7.5" />
  </g>
  <path class="accent" d="M26 48 35 57 26 68 17 57Z" />`;
