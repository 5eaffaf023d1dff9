/** The player's own limits, so that stakes above them are not offered. The server enforces them. */

import { signal } from "@preact/signals-core";
import { api } from "./api.js";

/** @typedef {import("./http.d.ts").LimitsView} LimitsView */

/** The limits as last loaded or saved; null while they are not known. @type {import("@preact/signals-core").Signal<LimitsView | null>} */
export const ownLimits = signal(null);

/**
 * The most that the player allows themselves to put into a round, in cents; null for no limit.
 * @param {LimitsView} limits
 * @param {number} now ms since the epoch
 * @returns {number | null}
 */
export function stakeLimit({ stake, next_stake: next }, now) {
  return next && now >= Date.parse(next.at) ? next.to : stake;
}

/** Load the limits of the signed-in player. A failure keeps what is known: the server refuses what is too much. */
export async function loadOwnLimits() {
  try {
    ownLimits.value = await api.request("GET /me/limits");
  } catch {
    // Without them, a refusal explains the limit.
  }
}
