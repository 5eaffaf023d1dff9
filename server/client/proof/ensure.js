/** What the record of a round has to hold to; each game's rules say what. */

/** @param {boolean} good @param {string} why it can't be what happened */
export function ensure(good, why) {
  if (!good) throw new Error(why);
}
