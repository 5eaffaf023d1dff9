/** The stake buttons ½, 2×, min and max, and the last stake per game. All amounts are in cents. */

/**
 * @typedef {object} Bounds
 * @property {number} min the room's smallest stake
 * @property {number} max the room's largest stake
 * @property {number | null} available the player's available cents; null for a guest
 * @property {number | null} [own] what the player's own limit leaves for this round; null for no limit
 */

/**
 * The largest stake that the player can place; never below the minimum.
 * @param {Bounds} bounds
 */
export function largest({ min, max, available, own }) {
  return Math.max(min, Math.min(max, available ?? max, own ?? max));
}

/**
 * @param {number} stake
 * @param {Bounds} bounds
 */
export function clamp(stake, bounds) {
  return Math.min(Math.max(stake, bounds.min), largest(bounds));
}

/**
 * The stake after a press of a button.
 * @param {"half" | "double" | "min" | "max"} button
 * @param {number} stake
 * @param {Bounds} bounds
 */
export function press(button, stake, bounds) {
  if (button === "min") return bounds.min;
  if (button === "max") return largest(bounds);
  return clamp(button === "half" ? Math.floor(stake / 2) : stake * 2, bounds);
}

/**
 * The last stake in a game, or `fallback`.
 * @param {string} game
 * @param {number} fallback
 */
export function lastStake(game, fallback) {
  try {
    const kept = Number(localStorage.getItem(`croupier.stake.${game}`));
    return Number.isSafeInteger(kept) && kept > 0 ? kept : fallback;
  } catch {
    return fallback;
  }
}

/**
 * @param {string} game
 * @param {number} stake
 */
export function rememberStake(game, stake) {
  try {
    localStorage.setItem(`croupier.stake.${game}`, String(stake));
  } catch {
    // Without storage, the stake is simply not remembered.
  }
}
