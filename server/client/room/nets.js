/** Each player's net result of a round. */

/**
 * Net results in cents by username.
 * @param {import("../shapes.d.ts").EndedRound | null} last
 * @returns {Map<string, number>}
 */
export function netsOf(last) {
  const nets = new Map();
  for (const { player, amount, payout } of last?.results ?? [])
    nets.set(player, (nets.get(player) ?? 0) + payout - amount);
  return nets;
}
