/** The names of hold'em hands, the same as on the server, and what can be wrong with the journal of a round. */

export const rulesText = {
  /** @type {Record<string, string>} */
  kinds: {
    high: "High card",
    pair: "Pair",
    two: "Two pair",
    three: "Three of a kind",
    straight: "Straight",
    flush: "Flush",
    full: "Full house",
    four: "Four of a kind",
    straightFlush: "Straight flush",
    royal: "Royal flush",
  },
  over: "It continues after the end of the round.",
  open: "It stops before the end of the round.",
  time: "Its times run backwards.",
  closed: "Chips were bought during a hand.",
  tooLate: "Chips were bought while the hand was being dealt.",
  amount: (/** @type {number} */ seat, /** @type {number} */ amount) =>
    `Seat ${seat} bought chips for ${amount} cents, which the table does not allow.`,
  noStack: (/** @type {number} */ seat) => `Seat ${seat} acted without a stack.`,
  noHand: (/** @type {number} */ seat) => `Seat ${seat} acted between hands.`,
  notItsTurn: (/** @type {number} */ seat) => `Seat ${seat} acted out of turn.`,
  sits: (/** @type {number} */ seat) => `Seat ${seat} sat out twice, or came back without sitting out.`,
  move: (/** @type {number} */ seat, /** @type {string} */ action) => `Seat ${seat} could not ${action}.`,
};
