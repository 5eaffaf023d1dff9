/** Compares a blackjack hand with the dealer's. */

import { isBlackjack, totalOf } from "./cards.js";

/** @typedef {"blackjack" | "win" | "push" | "loss" | "bust"} Verdict */

/**
 * The verdict on a finished hand against the dealer's final cards.
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
