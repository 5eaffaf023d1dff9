/** What cards count in blackjack. */

import { RANKS } from "../deck.js";

/** Pictures count ten, an ace one. @param {string} card */
export function valueOf(card) {
  return card[1] === "A" ? 1 : Math.min(10, RANKS.indexOf(card[1]) + 2);
}

/** The best total: one ace counts eleven where that is not too much. @param {string[]} cards */
export function totalOf(cards) {
  const total = cards.reduce((sum, card) => sum + valueOf(card), 0);
  return total <= 11 && cards.some((card) => card[1] === "A") ? total + 10 : total;
}

/** Of the two cards first dealt. @param {string[]} cards */
export const isBlackjack = (cards) => cards.length === 2 && totalOf(cards) === 21;
