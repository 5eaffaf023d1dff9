/** What cards count in blackjack. Cards are written as the server tells them: `D2` … `CA`, ten as `T`. */

const RANKS = "23456789TJQKA";
const SUITS = "DHSC";

/** The card of a draw in [0, 1). @param {number} draw */
export function cardOf(draw) {
  const place = Math.floor(draw * 52);
  return SUITS[place % 4] + RANKS[Math.floor(place / 4)];
}

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
