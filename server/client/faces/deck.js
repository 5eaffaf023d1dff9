/** The cards as the server writes them: `D2 H2 S2 C2 D3 … CA`, ten as `T`. */

export const RANKS = "23456789TJQKA";
export const SUITS = "DHSC";

/** The card of a draw in [0, 1), from decks without end. @param {number} draw */
export function cardOf(draw) {
  const place = Math.floor(draw * 52);
  return SUITS[place % 4] + RANKS[Math.floor(place / 4)];
}
