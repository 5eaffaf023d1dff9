/** What can be wrong with the journal of a coin duel. */

export const rulesText = {
  ownChallenge: "A player took their own challenge.",
  stakes: "The two stakes differ.",
  sides: "Both players have the same side.",
  noSide: "The challenge does not name a side of the coin.",
  over: "It continues after the end of the round.",
  withdrawn: "A player withdrew another player’s challenge.",
  open: "It stops before the end of the round.",
};
