/** Blackjack for tiles, lists and the room’s state. */

import { texts } from "../../texts.js";
import { isBlackjack, totalOf } from "./cards.js";

const t = texts.games.blackjack.tile;

export { Picture } from "./picture.js";
export { Summary } from "./summary.js";

export const title = t.title;
export const results = t.results;
export const lingers = 7_000;

/** The dealer’s hand at the end. @param {Record<string, any>} outcome */
export function resultText({ dealer_cards: cards = [] }) {
  const total = totalOf(cards);
  const words = cards.length === 0 ? t.none : isBlackjack(cards) ? t.blackjack : total > 21 ? t.bust : String(total);
  return { text: words, tone: /** @type {"good" | "plain"} */ (total > 21 ? "good" : "plain") };
}

/**
 * A `table` event has the whole view. `past` keeps the last view of the previous round while bets are open, and `open`
 * counts the dealer’s open cards before the last change.
 * @type {NonNullable<import("../../shapes.d.ts").Tile["reduce"]>}
 */
export function reduce(view, event, { view: before }) {
  if (event.type === "round_opened")
    return { ...view, past: before.phase === "ended" && before.hands ? { ...before, past: null } : null };
  if (event.type === "round_ended") return { ...view, round: event.round };
  if (event.type !== "table") return view;
  const { type: _, ...table } = event;
  const actions = before.phase === "insurance" && table.phase === "insurance" ? before.actions : undefined;
  return { ...table, actions, past: view.past ?? null, open: before.dealer?.dealt.length ?? 0 };
}
