/**
 * The games with a face of their own. Each has a line here and a folder named after it: `tile.js` has what tiles, lists
 * and the room's state need and is loaded at once; `face.js` and `face.css` are loaded when a room opens. All other
 * games get the plain face, which is drawn from the game's schema.
 */

import { loadStyle } from "../dom.js";
import { STYLES } from "../styles.js";
import * as blackjack from "./blackjack/tile.js";
import * as coinduel from "./coinduel/tile.js";
import * as crash from "./crash/tile.js";
import * as dice from "./dice/tile.js";
import * as hilo from "./hilo/tile.js";
import * as holdem from "./holdem/tile.js";
import * as keno from "./keno/tile.js";
import * as limbo from "./limbo/tile.js";
import * as mines from "./mines/tile.js";
import { plainTile } from "./plain/tile.js";
import * as plinko from "./plinko/tile.js";
import * as roulette from "./roulette/tile.js";

/** @typedef {import("../shapes.d.ts").Tile} Tile */
/** @typedef {import("../shapes.d.ts").Face} Face */

/** @type {Record<string, Tile>} */
export const TILES = { blackjack, coinduel, crash, dice, hilo, holdem, keno, limbo, mines, plinko, roulette };

/** The tile of a game, or null. `game` can be any text from an address. @param {string} game */
const knownTile = (game) => (Object.hasOwn(TILES, game) ? TILES[game] : null);

/** @type {Map<string, Face>} */
const loaded = new Map();

/** The tile of a game: its own or the plain one. @param {string} game @returns {Tile} */
export function tileOf(game) {
  return knownTile(game) ?? plainTile(game);
}

/** @param {string} game @returns {Promise<Face>} */
export async function loadFace(game) {
  const known = loaded.get(game);
  if (known) return known;
  const tile = knownTile(game);
  if (!tile) {
    const [{ plainFace }] = await Promise.all([import("./plain/face.js"), loadStyle(STYLES.plain)]);
    return keep(game, plainFace(game));
  }
  const [face] = await Promise.all([import(`./${game}/face.js`), loadStyle(STYLES[game])]);
  return keep(game, { ...tile, ...face });
}

/** @param {string} game @param {Face} face */
function keep(game, face) {
  loaded.set(game, face);
  return face;
}
