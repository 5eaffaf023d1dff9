/** The picture of keno for the lobby. */

import { html } from "../../html.js";

/** Numbers on their balls: drawn ones are filled. @type {[number, string][]} */
const BALLS = [3, 7, 11, 15, 18, 22, 24, 29, 31, 34, 36, 40].map((number, index) => [
  number,
  [1, 6, 8].includes(index) ? "accent" : index === 3 ? "win" : "raised",
]);

export const Picture = () =>
  html`${BALLS.map(
    (
      [number, tone],
      index,
    ) => html`<circle class=${tone} cx=${24 + (index % 4) * 24} cy=${18 + Math.floor(index / 4) * 22} r="9.5" />
      <text class=${`pic-number ${tone === "raised" ? "" : "ink"}`} x=${24 + (index % 4) * 24}
        y=${21.8 + Math.floor(index / 4) * 22} text-anchor="middle">${number}</text>`,
  )}`;
