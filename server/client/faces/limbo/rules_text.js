/** What can be wrong with the journal of a limbo round. */

export const rulesText = {
  oneBet: "A round of limbo has one bet.",
  noMoves: "Limbo has no moves but the bet.",
  badTarget: "The target is out of range.",
  badStake: "The stake is not a whole number of cents.",
};
