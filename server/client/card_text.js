/** The texts that all card tables share. */

/** @type {Record<string, string>} */
const ranks = {
  2: "two",
  3: "three",
  4: "four",
  5: "five",
  6: "six",
  7: "seven",
  8: "eight",
  9: "nine",
  T: "ten",
  J: "jack",
  Q: "queen",
  K: "king",
  A: "ace",
};

/** @type {Record<string, string>} */
const suits = { D: "diamonds", H: "hearts", S: "spades", C: "clubs" };

export const cardText = {
  /** `SA` → “ace of spades”. @param {string} card */
  name: (card) => `${ranks[card[1]]} of ${suits[card[0]]}`,
  faceDown: "face down",
  empty: (/** @type {number} */ seat) => `Seat ${seat + 1}, free`,
  you: "you",
  away: "away",
  seconds: (/** @type {number} */ n) => `${n} s`,
};
