/** What can be wrong with the journal of a blackjack round. */

export const rulesText = {
  over: "It continues after the end of the round.",
  order: "Its times run backwards.",
  open: "It stops before the end of the round.",
  /** @param {number} number */
  lateBet: (number) => `Bet ${number} came after bets were closed.`,
  /** @param {number} seat */
  secondBet: (seat) => `Seat ${seat} bet twice.`,
  /** @param {number} number */
  noStake: (number) => `The stake of bet ${number} is not a whole number of cents.`,
  /** @param {string} name @param {number} seat */
  move: (name, seat) => `Seat ${seat} could not ${name} at that time.`,
};
