/** What can be wrong with the journal of a hi-lo round. */

export const rulesText = {
  noBet: "There is no bet.",
  early: "A guess was made before the bet.",
  secondBet: "There is a second bet.",
  unknown: (/** @type {unknown} */ action) => `There is no move “${action}”.`,
  over: "Something happened after the end.",
  open: "The round has no end.",
};
