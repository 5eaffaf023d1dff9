/** A game's rules, limits and schemas, requested once per game. */

import { api } from "../api.js";
import { keepTitle } from "../faces/plain/tile.js";
import { inOurWords } from "../served.js";

/** @typedef {import("../http.d.ts").GameView} GameView */

/** @type {Map<string, Promise<GameView | null>>} */
const asked = new Map();

/** @param {string} game @returns {Promise<GameView | null>} null when the call failed */
export function gameInfo(game) {
  const known = asked.get(game);
  if (known) return known;
  const answer = api.request("GET /games/{name}", { path: { name: game } }).then(
    (served) => {
      const found = inOurWords(served);
      keepTitle(game, found.title);
      return found;
    },
    () => {
      asked.delete(game);
      return null;
    },
  );
  asked.set(game, answer);
  return answer;
}
