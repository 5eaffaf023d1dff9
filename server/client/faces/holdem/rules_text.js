/** What a hold'em hand is called, as the server calls it, and what can be wrong with the record of a round. */

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
  over: "The round goes on after its end.",
  open: "It breaks off before the round has ended.",
  time: "Time runs backwards.",
  closed: "Chips were bought in a hand.",
  tooLate: "Chips were bought when the hand was being dealt.",
  amount: (/** @type {number} */ seat, /** @type {number} */ amount) =>
    `Seat ${seat} bought chips for ${amount} cents, which the table does not allow.`,
  noStack: (/** @type {number} */ seat) => `Seat ${seat} acted without a stack.`,
  noHand: (/** @type {number} */ seat) => `Seat ${seat} acted while no hand was played.`,
  notItsTurn: (/** @type {number} */ seat) => `Seat ${seat} acted when it was not its turn.`,
  sits: (/** @type {number} */ seat) => `Seat ${seat} sat out too often, or came back from nowhere.`,
  move: (/** @type {number} */ seat, /** @type {string} */ action) => `Seat ${seat} could not ${action}.`,
};
