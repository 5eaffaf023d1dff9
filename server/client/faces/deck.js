/** Playing cards in the server's notation: `D2 H2 S2 C2 D3 … CA`, with `T` for ten. */

export const RANKS = "23456789TJQKA";
export const SUITS = "DHSC";

/** The card for a draw in [0, 1), from an endless deck. @param {number} draw */
export function cardOf(draw) {
  const place = Math.floor(draw * 52);
  return SUITS[place % 4] + RANKS[Math.floor(place / 4)];
}
