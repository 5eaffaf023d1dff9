/** The games that have a face of their own, by name; the plain face, drawn from its schema, serves any other. */

import * as crash from "./crash.js";
import * as dice from "./dice.js";
import { plainFace } from "./plain.js";

/** @typedef {import("../shapes.d.ts").LiveBet} LiveBet */
/** @typedef {{text: string, payout: number, tone: string}} BetStatus */

/**
 * What the room asks of a face, beside what every page does. `betStatus` is what became of a bet so far;
 * `lingers` is for how long, in ms, an ended round stays in sight while the next one takes bets already.
 * @typedef {import("../shapes.d.ts").FaceModule & {
 *   betStatus?: (bet: LiveBet, view: Record<string, any>) => BetStatus | null,
 *   lingers?: number,
 * }} RoomFace
 */

/** @type {Record<string, RoomFace>} */
export const FACES = { crash, dice };

/** @type {Map<string, RoomFace>} */
const plain = new Map();

/** The face of a game, of its own or plain. @param {string} game @returns {RoomFace} */
export function faceOf(game) {
  const own = FACES[game] ?? plain.get(game);
  if (own) return own;
  const made = plainFace(game);
  plain.set(game, made);
  return made;
}
