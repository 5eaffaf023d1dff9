/** The texts of blackjack that cards and lists need. */

export const tileText = {
  title: "Blackjack",

  // ---- past rounds in short ----
  blackjack: "BJ",
  bust: "Bust",
  none: "–",

  // ---- the lobby's card ----
  open: "Open",
  waiting: "Dealt soon after the first bet",
  deals: "Until the cards are dealt",
  dealer: (/** @type {number} */ total) => (total === 11 ? "Ace" : String(total)),
  playing: (/** @type {number} */ hands) => `The dealer’s card, against ${hands} ${hands === 1 ? "hand" : "hands"}`,
  over: "Dealt",
  between: "The next round is about to open",
};
