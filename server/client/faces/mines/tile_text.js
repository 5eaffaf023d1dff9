/** The texts of mines for lobby tiles and lists. */

/** @param {number} n */
export const countOfMines = (n) => `${n} ${n === 1 ? "mine" : "mines"}`;

export const tileText = {
  title: "Mines",
  result: countOfMines,
};
