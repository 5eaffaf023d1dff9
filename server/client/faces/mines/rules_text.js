/** What can be wrong with the journal of a mines round. */

export const rulesText = {
  noBet: "There is no bet.",
  early: "A cell was uncovered before the bet.",
  secondBet: "There is a second bet.",
  mines: (/** @type {unknown} */ n) => `A board can’t have ${n} mines.`,
  cell: (/** @type {unknown} */ cell) => `There is no cell ${cell}.`,
  twice: (/** @type {number} */ cell) => `Cell ${cell} was uncovered twice.`,
  unknown: (/** @type {unknown} */ action) => `There is no move “${action}”.`,
  over: "Something happened after the end.",
  open: "The round has no end.",
};
