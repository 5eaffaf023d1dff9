/** Blackjack hands as they are counted: totals, and how a hand stands against the dealer's. No money here. */

/** @param {string} card */
const valueOf = (card) => (card[1] === "A" ? 1 : "TJQK".includes(card[1]) ? 10 : Number(card[1]));

/** An ace counts 11 as long as that is not too much. @param {string[]} cards @returns {{total: number, soft: boolean}} */
export function totalOf(cards) {
  const hard = cards.reduce((sum, card) => sum + valueOf(card), 0);
  const soft = hard <= 11 && cards.some((card) => card[1] === "A");
  return { total: soft ? hard + 10 : hard, soft };
}

/** @param {string[]} cards as they were dealt, not split */
export const isBlackjack = (cards) => cards.length === 2 && totalOf(cards).total === 21;

/** @typedef {"blackjack" | "win" | "push" | "loss" | "bust"} Verdict */

/**
 * How a hand that is over stands against the dealer's last cards.
 * @param {{cards: string[], state: string}} hand
 * @param {string[]} dealer
 * @returns {Verdict}
 */
export function verdictOf({ cards, state }, dealer) {
  const [mine, theirs] = [totalOf(cards).total, totalOf(dealer).total];
  if (mine > 21) return "bust";
  const [natural, dealerNatural] = [state === "blackjack", isBlackjack(dealer)];
  if (natural || dealerNatural) return natural && dealerNatural ? "push" : natural ? "blackjack" : "loss";
  if (theirs > 21 || mine > theirs) return "win";
  return mine === theirs ? "push" : "loss";
}
