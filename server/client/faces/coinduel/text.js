/** The texts of the coin duel. */

import { chips, chipsExact, inChips } from "../../format.js";

export const text = {
  title: "Coin duel",
  results: "The coin showed",
  sides: /** @type {Record<string, string>} */ ({ heads: "Heads", tails: "Tails" }),
  withdrawn: "withdrawn",
  stakeBack: "stake returned",

  // ---- the lobby tile ----
  call: "Take it",
  open: (/** @type {string} */ side) => `on ${side}: take the other side`,
  none: "No open challenge",
  noneHint: "Make one for others to take",

  // ---- the face ----
  coin: "The coin",
  free: "Open",
  freeHint: "Waiting for an opponent",
  you: "(you)",
  wins: (/** @type {number} */ cents) => `wins ${chipsExact(cents)}`,
  loses: "loses",
  waiting: "Choose a stake and a side to make a challenge.",
  watching: "No challenge yet.",
  stands: (/** @type {string} */ player, /** @type {number} */ cents, /** @type {string} */ side) =>
    `${player} stakes ${inChips(cents)} on ${side} and needs an opponent.`,
  drawn: (/** @type {string} */ side) => `${text.sides[side]}!`,
  drawnBefore: (/** @type {string} */ side) => `The last coin showed ${side}.`,
  tookBack: (/** @type {string} */ player) => `${player} withdrew the challenge.`,
  tookBackBefore: "The last challenge was withdrawn.",
  said: (/** @type {string} */ side, /** @type {string} */ player) => `${text.sides[side]}. ${player} wins.`,

  taken: "Your challenge was taken",

  // ---- the panel ----
  side: "Your side",
  pays: "A win pays",
  rake: (/** @type {number} */ rake) => `less ${rake / 100} %`,
  challenge: "Challenge",
  placing: "Placing…",
  mine: (/** @type {number} */ cents, /** @type {string} */ side) =>
    `Your open challenge: ${inChips(cents)} on ${side}.`,
  mineHint: "It stays open until someone takes it. Leaving withdraws it.",
  withdraw: "Withdraw",
  withdrawing: "Withdrawing…",
  offer: (/** @type {string} */ player, /** @type {number} */ cents, /** @type {string} */ side) =>
    `${player} stakes ${inChips(cents)} on ${side}.`,
  offerHint: (/** @type {string} */ side) => `Stake the same amount to take ${side}.`,
  take: (/** @type {number} */ cents, /** @type {string} */ side) => `Take it: ${chips(cents)} on ${side}`,

  keys: { heads: "Choose heads", tails: "Choose tails", withdraw: "Withdraw the challenge" },
};
