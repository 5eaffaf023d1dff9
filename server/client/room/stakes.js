/** Stakes as a player handles them: ½, 2×, min, max, and the last one remembered per game. Cents throughout. */

/**
 * @typedef {object} Bounds
 * @property {number} min the room's smallest stake
 * @property {number} max the room's largest stake
 * @property {number | null} available what the player has; null when nobody is signed in
 */

/**
 * The largest stake that can be placed now; never below the smallest one.
 * @param {Bounds} bounds
 */
export function largest({ min, max, available }) {
  return Math.max(min, Math.min(max, available ?? max));
}

/**
 * @param {number} stake
 * @param {Bounds} bounds
 */
export function clamp(stake, bounds) {
  return Math.min(Math.max(stake, bounds.min), largest(bounds));
}

/**
 * What the small buttons do with a stake.
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
 * The last stake of a game, or its default.
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
    // A browser that keeps nothing still plays.
  }
}
