/** What happens to the player in a room, as the sounds and the win moment take it. Pure. */

/** @typedef {import("../shapes.d.ts").AnyEvent} AnyEvent */
/** @typedef {import("../shapes.d.ts").RoomState} RoomState */
/** @typedef {import("../ui/sounds.js").SoundName} SoundName */
/** @typedef {{kind: "big-win" | "win" | "even" | "loss", staked: number, payout: number, net: number}} OwnResult in cents */

/** A payout of at least this many times the stake is a big win. */
export const BIG = 10;
const CARD = /^[DHSC][2-9TJQKA]$/;

/**
 * A round's result for a player; null if they had no bet in it.
 * @param {{results: import("../types.d.ts").ResultLine[]}} ended
 * @param {string | undefined} player
 * @returns {OwnResult | null}
 */
export function resultOf({ results }, player) {
  const lines = results.filter((line) => line.player === player);
  if (lines.length === 0) return null;
  const staked = lines.reduce((sum, line) => sum + line.amount, 0);
  const payout = lines.reduce((sum, line) => sum + line.payout, 0);
  const net = payout - staked;
  const kind = net > 0 ? (payout >= BIG * staked ? "big-win" : "win") : net === 0 ? "even" : "loss";
  return { kind, staked, payout, net };
}

/** How many cards of a view lie open. @param {unknown} value @returns {number} */
export function openCards(value) {
  if (typeof value === "string") return CARD.test(value) ? 1 : 0;
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce((sum, [name, inner]) => sum + (name === "past" ? 0 : openCards(inner)), 0);
}

/**
 * The sound of an event, apart from results; null for none.
 * @param {AnyEvent} event
 * @param {RoomState} state which includes the event
 * @param {number} cards how many cards lay open before
 * @returns {SoundName | null}
 */
export function soundOf(event, state, cards) {
  const own = event.player !== undefined && event.player === state.you?.player;
  // A bet that ended its round is told with the result.
  if (event.type === "bet_placed") return own && event.bet.startsWith(`${state.round?.round}.`) ? "chip" : null;
  if (event.type === "cashed_out") return own ? "cash-out" : null;
  if (event.type === "revealed") return "card";
  return openCards(state.view) > cards ? "card" : null;
}
