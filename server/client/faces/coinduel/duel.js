/** The duel to show: who has which side, and how it ended. */

import { otherSide } from "./rules.js";

/** @typedef {import("../../shapes.d.ts").RoomState} RoomState */

/** @typedef {{player: string, amount: number, result: string | null, payout: number}} Holder */

/**
 * @typedef {object} Duel
 * @property {"idle" | "open" | "drawn" | "withdrawn"} phase
 * @property {string} round the shown round
 * @property {string | null} side the drawn side
 * @property {Holder | null} heads who has this side, if known
 * @property {Holder | null} tails
 * @property {string | null} challenger who made the open or withdrawn challenge
 */

/** @type {Duel} */
const NOTHING = { phase: "idle", round: "", side: null, heads: null, tails: null, challenger: null };

/** The open challenge. @param {RoomState} state @returns {Duel} */
function openDuel({ view: { challenge }, round }) {
  const { player, amount, call } = challenge;
  const holder = { player, amount, result: null, payout: 0 };
  return { ...NOTHING, phase: "open", round: round?.round ?? "", [call]: holder, challenger: player };
}

/**
 * The last duel, while there is no open challenge. If it ended before we came, only its outcome is known.
 * @param {RoomState} state @returns {Duel}
 */
function pastDuel({ history: [newest], last }) {
  if (!newest) return NOTHING;
  const { round, outcome } = newest;
  const results = last?.round === round ? last.results : [];
  const side = outcome.side ?? null;
  if (!side) return { ...NOTHING, phase: "withdrawn", round, challenger: results[0]?.player ?? null };
  /** @type {Duel} */
  const duel = { ...NOTHING, phase: "drawn", round, side };
  for (const { player, amount, result, payout } of results) {
    const had = /** @type {"heads" | "tails"} */ (result === "win" ? side : otherSide(side));
    duel[had] = { player, amount, result, payout };
  }
  return duel;
}

/** @param {RoomState} state */
export function duelIn(state) {
  return state.view.challenge ? openDuel(state) : pastDuel(state);
}
