/** Playing cards as SVG. Suits differ in shape as well as in colour, and screen readers get the cards' names. */

import { html } from "../html.js";
import { texts } from "../texts.js";

/** The suits' paths in a 24 × 24 square. @type {Record<string, string>} */
export const suits = {
  D: "M12 1 20.5 12 12 23 3.5 12Z",
  H: "M12 22C5.6 16.4 2 12.5 2 8.1A5.4 5.4 0 0 1 12 5.4 5.4 5.4 0 0 1 22 8.1C22 12.5 18.4 16.4 12 22Z",
  S: "M12 1.5C9 6.6 2.5 9.7 2.5 14.4A4.6 4.6 0 0 0 10.9 16.9L9.4 22.5H14.6L13.1 16.9A4.6 4.6 0 0 0 21.5 14.4C21.5 9.7 15 6.6 12 1.5Z",
  C: "M12 1.5A4.9 4.9 0 0 1 16 9.2 4.9 4.9 0 1 1 13.1 16.6L14.6 22.5H9.4L10.9 16.6A4.9 4.9 0 1 1 8 9.2 4.9 4.9 0 0 1 12 1.5Z",
};

/** The rank in the corner: `DT` → `10`. @param {string} card */
export const rankText = (card) => (card[1] === "T" ? "10" : card[1]);

/**
 * One card; null for a face-down card. `delay` in ms staggers the cards of a deal.
 * @param {{card: string | null, delay?: number}} props
 */
export function PlayingCard({ card, delay = 0 }) {
  const style = delay ? { animationDelay: `${delay}ms` } : undefined;
  if (card === null) {
    return html`<svg class="playing-card back" viewBox="0 0 60 84" role="img" aria-label=${texts.cards.faceDown}
      data-card="" style=${style}>
      <rect class="card-paper" x="0.75" y="0.75" width="58.5" height="82.5" rx="6" />
      <rect class="card-frame" x="5" y="5" width="50" height="74" rx="3.5" />
      <path class="card-lattice"
        d="M5 23 23 5M5 42 42 5M5 61 55 11M5 79 55 29M23 79 55 47M42 79 55 66M55 23 37 5M55 42 18 5M55 61 5 11M55 79 5 29M37 79 5 47M18 79 5 66" />
    </svg>`;
  }
  const suit = suits[card[0]];
  return html`<svg class=${`playing-card suit-${card[0].toLowerCase()}`} viewBox="0 0 60 84" role="img"
    aria-label=${texts.cards.name(card)} data-card=${card} style=${style}>
    <rect class="card-paper" x="0.75" y="0.75" width="58.5" height="82.5" rx="6" />
    <text class="card-rank" x="15.5" y="30" text-anchor="middle" textLength=${card[1] === "T" ? 24 : undefined}
      lengthAdjust="spacingAndGlyphs">${rankText(card)}</text>
    <path class="card-suit" transform="translate(6.5 35) scale(0.75)" d=${suit} />
    <path class="card-suit" transform="translate(24 45) scale(1.35)" d=${suit} />
  </svg>`;
}

/**
 * Cards in a fan, followed by `hidden` face-down cards. Cards after the first `before` appear `step` ms apart.
 * @param {{cards: string[], hidden?: number, before?: number, step?: number}} props
 */
export function Fan({ cards, hidden = 0, before = 0, step = 0 }) {
  const all = [...cards, ...Array.from({ length: hidden }, () => null)];
  return html`<span class="fan" style=${{ "--cards": all.length }}>
    ${all.map(
      (card, index) => html`<${PlayingCard} key=${`${index}${card}`} card=${card}
      delay=${Math.max(0, index - before) * step} />`,
    )}
  </span>`;
}

/** A chip and its amount. @param {{children?: any}} props */
export function Chip({ children }) {
  return html`<span class="chip-amount number">
    <svg class="chip-disc" viewBox="0 0 32 32" aria-hidden="true">
      <circle class="chip-fill" cx="16" cy="16" r="15" />
      <circle class="chip-dashes" cx="16" cy="16" r="12.5" fill="none" stroke-width="4" stroke-dasharray="6.54 6.54" />
    </svg>${children}</span>`;
}
