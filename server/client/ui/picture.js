/** The pictures of games in the lobby, and parts that several of them have. They are decoration: the title says the game. */

import { html } from "../html.js";
import { rankText, suits } from "./playing_card.js";

/** A game's picture in its frame. @param {{of: import("../shapes.d.ts").Tile}} props */
export function GamePicture({ of: { Picture } }) {
  return html`<svg class="picture" viewBox="0 0 120 80" aria-hidden="true"><${Picture} /></svg>`;
}

/** @param {{card: string, x: number, y: number, turn: number}} props */
export function MiniCard({ card, x, y, turn }) {
  const tone = "DH".includes(card[0]) ? "red" : "black";
  return html`<g transform=${`translate(${x} ${y}) rotate(${turn} 17 24)`}>
    <rect class="white edge" width="34" height="48" rx="5" />
    <text class=${`pic-rank ${tone}`} x="9.5" y="16" text-anchor="middle">${rankText(card)}</text>
    <path class=${tone} transform="translate(9.5 18) scale(0.95)" d=${suits[card[0]]} />
  </g>`;
}

/** @param {{x: number, y: number, size?: number}} props */
export function MiniChip({ x, y, size = 11 }) {
  return html`<g transform=${`translate(${x} ${y}) scale(${size / 11})`}>
    <circle class="accent" r="11" />
    <circle class="pic-ring ink" r="8.8" stroke-width="3" stroke-dasharray="4.6 4.6" />
    <circle class="accent" r="6" />
  </g>`;
}
