/**
 * The games that have a face of their own: a line here, and a folder of the game's name with `card.js` (what cards,
 * lists and the room's state need, loaded at once) and `face.js` and `face.css` (loaded when a room is opened). The
 * plain face, drawn from a game's schema, serves any other.
 */

import { loadStyle } from "../dom.js";
import * as blackjack from "./blackjack/card.js";
import * as coinduel from "./coinduel/card.js";
import * as crash from "./crash/card.js";
import * as dice from "./dice/card.js";
import * as hilo from "./hilo/card.js";
import * as holdem from "./holdem/card.js";
import * as keno from "./keno/card.js";
import * as limbo from "./limbo/card.js";
import * as mines from "./mines/card.js";
import { plainCard } from "./plain_card.js";
import * as plinko from "./plinko/card.js";
import * as roulette from "./roulette/card.js";

/** @typedef {import("../shapes.d.ts").Card} Card */
/** @typedef {import("../shapes.d.ts").Face} Face */

/** @type {Record<string, Card>} */
export const CARDS = { blackjack, coinduel, crash, dice, hilo, holdem, keno, limbo, mines, plinko, roulette };

/** What an address calls a game can be any word. @param {string} game */
const knownCard = (game) => (Object.hasOwn(CARDS, game) ? CARDS[game] : null);

/** @type {Map<string, Face>} */
const loaded = new Map();

/** A game on a card, of its own or plain. @param {string} game @returns {Card} */
export function cardOf(game) {
  return knownCard(game) ?? plainCard(game);
}

/** @param {string} game @returns {Promise<Face>} */
export async function loadFace(game) {
  const known = loaded.get(game);
  if (known) return known;
  const card = knownCard(game);
  if (!card) return keep(game, (await import("./plain.js")).plainFace(game));
  const [face] = await Promise.all([
    import(`./${game}/face.js`),
    loadStyle(new URL(`./${game}/face.css`, import.meta.url).pathname),
  ]);
  return keep(game, { ...card, ...face });
}

/** @param {string} game @param {Face} face */
function keep(game, face) {
  loaded.set(game, face);
  return face;
}
