/** Card values in blackjack. */

/** @type {Record<string, number>} */
const COUNTS = { A: 1, T: 10, J: 10, Q: 10, K: 10 };

/** Face cards count ten, an ace counts one. @param {string} card */
export const pointsOf = (card) => COUNTS[card[1]] ?? Number(card[1]);

/** The best total: one ace counts eleven if that does not exceed 21. @param {string[]} cards */
export function totalOf(cards) {
  const total = cards.reduce((sum, card) => sum + pointsOf(card), 0);
  return total <= 11 && cards.some((card) => card[1] === "A") ? total + 10 : total;
}

/** True if the first two cards are a blackjack. @param {string[]} cards */
export const isBlackjack = (cards) => cards.length === 2 && totalOf(cards) === 21;
