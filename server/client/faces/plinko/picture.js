/** The picture of plinko for the lobby. */

import { html } from "../../html.js";

const ROWS = [0, 1, 2, 3, 4];
const SLOTS = ["loss", "accent", "win", "win", "accent", "loss"];

export const Picture = () => html`<g class="pegs">${ROWS.map((row) =>
  Array.from(
    { length: row + 2 },
    (_, peg) => html`<circle cx=${60 + (peg - (row + 1) / 2) * 16} cy=${12 + row * 12} r="2.6" />`,
  ),
)}</g>
  ${SLOTS.map((tone, slot) => html`<rect class=${tone} x=${13 + slot * 16} y="65" width="14" height="9" rx="3" />`)}
  <circle class="accent" cx="76" cy="29" r="5.5" />`;
