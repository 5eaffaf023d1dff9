/** What can be wrong with the journal of a keno round. */

export const rulesText = {
  moves: "Keno has no moves but the bet.",
  bets: (/** @type {number} */ n) => `${n} bets in a round that takes one.`,
  picks: "The bet does not pick one to ten different numbers from 1 to 40.",
  risk: (/** @type {string} */ risk) => `There is no risk called ${risk}.`,
};
