/** What can be wrong with the journal of a roulette round. */

export const rulesText = {
  moves: "Roulette has no moves but the bet.",
  late: (/** @type {number} */ n) => `Bet ${n} came after bets were closed.`,
  tooMany: (/** @type {number} */ n) => `Bet ${n} exceeds its player’s limit of bets.`,
  noPlace: (/** @type {number} */ n) => `Bet ${n} is not on the layout.`,
};
