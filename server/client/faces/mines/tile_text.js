/** The few words of mines that the lobby needs, too. */

/** @param {number} n */
export const countOfMines = (n) => `${n} ${n === 1 ? "mine" : "mines"}`;

export const tileText = {
  title: "Mines",
  result: countOfMines,
};
