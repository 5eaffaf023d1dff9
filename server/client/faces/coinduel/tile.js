/** The coin duel for tiles, lists and the room's state. */

import { chips } from "../../format.js";
import { html } from "../../html.js";
import { texts } from "../../texts.js";

const text = texts.games.coinduel.face;

export { Picture } from "./picture.js";

export const title = text.title;
export const results = text.results;
export const lingers = 6_000;

/** @param {Record<string, any>} outcome */
export function resultText({ side }) {
  return { text: text.sides[side] ?? text.withdrawn, tone: /** @type {const} */ ("plain") };
}

/**
 * The first bet of a round is the challenge. It ends with the round.
 * @type {NonNullable<import("../../shapes.d.ts").Tile["reduce"]>}
 */
export function reduce(view, event) {
  if (event.type === "bet_placed" && view.phase === "betting" && !view.challenge) {
    const { player, bet, amount, selection } = event;
    return { ...view, challenge: { player, bet, amount, call: selection?.side } };
  }
  return event.type === "round_ended" ? { ...view, challenge: undefined } : view;
}

/** @type {NonNullable<import("../../shapes.d.ts").Tile["call"]>} */
export function call({ challenge }, player) {
  return challenge && challenge.player !== player ? text.call : null;
}

/** @type {NonNullable<import("../../shapes.d.ts").Tile["betStatus"]>} */
export function betStatus(bet) {
  if (bet.result === "push") return { text: text.stakeBack, payout: bet.payout ?? 0, tone: "" };
  if (bet.result || !bet.selection?.side) return null;
  return { text: text.sides[bet.selection.side], payout: 0, tone: "" };
}

/** @type {NonNullable<import("../../shapes.d.ts").Tile["Summary"]>} */
export const Summary = ({ state }) => {
  const challenge = state?.view.challenge;
  if (!challenge) return html`<p class="live-line">${text.none} <span class="dim small">${text.noneHint}</span></p>`;
  return html`<p class="live-line"><strong class="number">${chips(challenge.amount)}</strong> <span
    class="dim small">${text.open(challenge.call)}</span></p>`;
};
