/** What can be wrong with the journal of a plinko round. */

export const rulesText = {
  oneBet: "A round of plinko has one bet.",
  noMoves: "Plinko has no moves but the bet.",
  badChoice: "There is no board with these rows and this risk.",
  badStake: "The stake is not a whole number of cents.",
};
