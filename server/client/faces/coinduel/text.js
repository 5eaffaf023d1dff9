/** Every text of the coin duel. */

import { chips, chipsExact, inChips } from "../../format.js";

export const text = {
  title: "Coin duel",
  sides: /** @type {Record<string, string>} */ ({ heads: "Heads", tails: "Tails" }),
  withdrawn: "withdrawn",
  stakeBack: "stake back",

  // ---- the card in the lobby ----
  call: "Take it",
  open: (/** @type {string} */ side) => `on ${side}: take the other side`,
  none: "No challenge stands",
  noneHint: "Make one, and somebody will take it",

  // ---- the face ----
  coin: "The coin",
  free: "Nobody yet",
  freeHint: "Whoever takes the challenge",
  you: "(you)",
  wins: (/** @type {number} */ cents) => `wins ${chipsExact(cents)}`,
  loses: "loses",
  waiting: "Name a stake and a side: that is a challenge.",
  watching: "Nobody has made a challenge yet.",
  stands: (/** @type {string} */ player, /** @type {number} */ cents, /** @type {string} */ side) =>
    `${player} stakes ${inChips(cents)} on ${side}. Who takes the other side?`,
  drawn: (/** @type {string} */ side) => `${text.sides[side]}!`,
  drawnBefore: (/** @type {string} */ side) => `The last duel showed ${side}.`,
  tookBack: (/** @type {string} */ player) => `${player} took the challenge back.`,
  tookBackBefore: "The last challenge was taken back.",
  said: (/** @type {string} */ side, /** @type {string} */ player) => `${text.sides[side]}. ${player} wins.`,

  // ---- the panel ----
  side: "Your side",
  pays: "A win pays",
  rake: (/** @type {number} */ rake) => `less ${rake / 100} %`,
  challenge: "Challenge",
  placing: "Placing…",
  mine: (/** @type {number} */ cents, /** @type {string} */ side) =>
    `Your challenge stands: ${inChips(cents)} on ${side}.`,
  mineHint: "It waits until somebody takes it. Leave, and it is withdrawn.",
  withdraw: "Withdraw",
  withdrawing: "Withdrawing…",
  offer: (/** @type {string} */ player, /** @type {number} */ cents, /** @type {string} */ side) =>
    `${player} stakes ${inChips(cents)} on ${side}.`,
  offerHint: (/** @type {string} */ side) => `Stake as much and ${side} is yours.`,
  take: (/** @type {number} */ cents, /** @type {string} */ side) => `Take it: ${chips(cents)} on ${side}`,

  keys: { heads: "Choose heads", tails: "Choose tails", withdraw: "Withdraw the challenge" },
};
