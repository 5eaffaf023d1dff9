/** Why a journal of a blackjack round can't be what happened. */

export const rulesText = {
  over: "The round goes on after its end.",
  order: "Its times go backwards.",
  open: "It breaks off before the round has ended.",
  /** @param {number} number */
  lateBet: (number) => `Bet ${number} came when bets were closed.`,
  /** @param {number} seat */
  secondBet: (seat) => `Seat ${seat} has bet twice.`,
  /** @param {number} number */
  noStake: (number) => `Bet ${number} has no stake of whole cents.`,
  /** @param {string} name @param {number} seat */
  move: (name, seat) => `Seat ${seat} could not ${name} at that time.`,
};
