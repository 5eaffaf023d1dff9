/** What a round brought each player. */

/**
 * In cents, by name.
 * @param {import("../shapes.d.ts").EndedRound | null} last
 * @returns {Map<string, number>}
 */
export function netsOf(last) {
  const nets = new Map();
  for (const { player, amount, payout } of last?.results ?? [])
    nets.set(player, (nets.get(player) ?? 0) + payout - amount);
  return nets;
}
