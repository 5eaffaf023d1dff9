/** The texts of blackjack for lobby tiles and lists. */

export const tileText = {
  title: "Blackjack",
  results: "Dealer’s hands",

  // ---- past rounds in short ----
  blackjack: "Blackjack",
  bust: "Bust",
  none: "–",

  // ---- the lobby tile ----
  open: "Waiting",
  waiting: "Cards are dealt soon after the first bet",
  deals: "until the cards are dealt",
  dealer: (/** @type {number} */ total) => (total === 11 ? "Ace" : String(total)),
  playing: (/** @type {number} */ hands) => `Dealer’s card against ${hands} ${hands === 1 ? "hand" : "hands"}`,
  over: "Dealt",
  between: "The next round is about to open",
};
