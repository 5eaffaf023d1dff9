/** How a blackjack hand stands against the dealer's. No money here. */

import { isBlackjack, totalOf } from "./cards.js";

/** @typedef {"blackjack" | "win" | "push" | "loss" | "bust"} Verdict */

/**
 * How a hand that is over stands against the dealer's last cards.
 * @param {{cards: string[], state: string}} hand
 * @param {string[]} dealer
 * @returns {Verdict}
 */
export function verdictOf({ cards, state }, dealer) {
  const [mine, theirs] = [totalOf(cards), totalOf(dealer)];
  if (mine > 21) return "bust";
  const [natural, dealerNatural] = [state === "blackjack", isBlackjack(dealer)];
  if (natural || dealerNatural) return natural && dealerNatural ? "push" : natural ? "blackjack" : "loss";
  if (theirs > 21 || mine > theirs) return "win";
  return mine === theirs ? "push" : "loss";
}
