/** Checks the journal of a round; each game's `rules.js` states its conditions. */

/** @param {boolean} good @param {string} why the journal is wrong; the Error's message */
export function ensure(good, why) {
  if (!good) throw new Error(why);
}
