/** The texts of the blackjack table. */

import { chips, signed } from "../../format.js";

export const text = {
  dealer: "Dealer",
  seats: "The players’ hands, in playing order",
  printed: "Blackjack pays 3 to 2 · Dealer stands on 17 · Insurance pays 2 to 1",

  // ---- where the round stands ----
  waiting: "Waiting for the first bet",
  dealing: "Bets are open",
  insurance: "Insurance?",
  due: "Your turn",
  dueInsurance: "Insurance?",
  turnOf: (/** @type {string} */ player) => `${player} to play`,
  yourTurn: "Your turn",
  settling: "The dealer draws…",
  between: "The next round is about to open",

  // ---- hands ----
  place: "Your hand",
  insured: (/** @type {number} */ cents) => `Insured ${chips(cents)}`,
  total: (/** @type {number} */ total, /** @type {boolean} */ soft) =>
    soft && total < 21 ? `${total - 10}/${total}` : String(total),
  spokenTotal: (/** @type {number} */ total, /** @type {boolean} */ soft) => (soft ? `soft ${total}` : String(total)),
  doubled: "doubled",
  /** @type {Record<import("./hand.js").Verdict, string>} */
  verdicts: { blackjack: "Blackjack", win: "Win", push: "Push", loss: "Lost", bust: "Bust" },
  net: signed,

  // ---- announcements ----
  saidTurn: (/** @type {string} */ mine, /** @type {string} */ dealer) =>
    `Your turn. You have ${mine} against ${dealer}.`,
  saidInsurance: "The dealer shows an ace. Do you want insurance?",
  saidDealer: (/** @type {string} */ words) => `${words}.`,
  saidHand: (/** @type {string} */ total, /** @type {string} */ verdict) => `Your ${total}: ${verdict}.`,

  // ---- how it ended ----
  dealerHas: (/** @type {number} */ total) => `Dealer has ${total}`,
  dealerBust: (/** @type {number} */ total) => `Dealer busts with ${total}`,
  dealerBlackjack: "Dealer has blackjack",

  // ---- the panel ----
  bet: "Place bet",
  placing: "Placing…",
  placed: (/** @type {number} */ cents) => `${chips(cents)} in. Cards are dealt when betting closes`,
  queue: "Bet on the next round",
  queued: (/** @type {number} */ cents) => `Betting ${chips(cents)} when bets open`,
  inPlay: (/** @type {number} */ cents, /** @type {string} */ player) =>
    `${chips(cents)} in play${player && `. Waiting for ${player}`}`,
  yours: "Your move",
  /** @type {Record<string, string>} */
  moves: { hit: "Hit", stand: "Stand", double: "Double", split: "Split", insure: "Insure", decline: "No insurance" },
  more: (/** @type {number} */ cents) => `+${chips(cents)}`,

  // ---- keys ----
  keys: {
    hit: "Hit: one more card",
    stand: "Stand",
    double: "Double the bet and take one card",
    split: "Split a pair",
    insure: "Take insurance",
    decline: "No insurance",
  },
};
