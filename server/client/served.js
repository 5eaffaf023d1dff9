/**
 * What the server says of a game, in the page's language. A game that the language has no words for keeps the server's.
 */

import { texts } from "./texts.js";

/** @param {string} game any text */
const wordsOf = (game) => (Object.hasOwn(texts.served, game) ? texts.served[game] : null);

/** @template {{name: string}} G @param {G} game @returns {G} */
export const inOurWords = (game) => ({ ...game, ...wordsOf(game.name) });

/** A room bears the title of its game. @template {{game: string, title: string}} R @param {R} room @returns {R} */
export const titled = (room) => ({ ...room, title: wordsOf(room.game)?.title ?? room.title });
