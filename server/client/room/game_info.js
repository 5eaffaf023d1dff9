/** What the server says about a game: rules, limits, schemas. Asked once. */

import { api } from "../api.js";

/** @type {Map<string, Promise<any>>} */
const asked = new Map();

/** @param {string} game @returns {Promise<any>} null when it could not be had */
export function gameInfo(game) {
  const known = asked.get(game);
  if (known) return known;
  const answer = api.get(`/games/${encodeURIComponent(game)}`).catch(() => {
    asked.delete(game);
    return null;
  });
  asked.set(game, answer);
  return answer;
}
