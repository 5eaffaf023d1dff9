/** The players of a room with their stakes and results in a round. Pure. */

/** @typedef {import("../shapes.d.ts").LiveBet} LiveBet */
/**
 * @typedef {object} Row
 * @property {string} player
 * @property {boolean} away
 * @property {number | null} staked cents; null without a bet
 * @property {number | null} net cents; null until all of the player's bets have ended
 * @property {string} words the state of the player's only bet
 */

/**
 * Everybody with a seat or a bet; the largest stakes come first.
 * @param {import("../types.js").Sitter[]} seated
 * @param {LiveBet[]} bets
 * @param {(bet: LiveBet) => string} statusOf
 * @param {(player: string) => number | null} stackOf what a player has at the table, if that is not the sum of the bets
 * @returns {Row[]}
 */
export function playersOf(seated, bets, statusOf, stackOf = () => null) {
  const names = new Set([...seated.map(({ player }) => player), ...bets.map(({ player }) => player)]);
  const rows = [...names].map((player) => {
    const own = bets.filter((bet) => bet.player === player);
    const staked = stackOf(player) ?? (own.length > 0 ? own.reduce((sum, { amount }) => sum + amount, 0) : null);
    const isOver = own.length > 0 && own.every(({ payout }) => payout !== undefined);
    return {
      player,
      away: seated.some((sitter) => sitter.player === player && sitter.away),
      staked,
      net: isOver ? own.reduce((sum, { amount, payout = 0 }) => sum + payout - amount, 0) : null,
      words: own.length === 1 ? statusOf(own[0]) : "",
    };
  });
  return rows.sort((a, b) => (b.staked ?? 0) - (a.staked ?? 0) || a.player.localeCompare(b.player));
}
