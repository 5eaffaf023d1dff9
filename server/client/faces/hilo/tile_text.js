/** The texts of hi-lo for lobby tiles and lists. */

/** @type {Record<string, string>} */
const signs = { D: "♦", H: "♥", S: "♠", C: "♣" };

export const tileText = {
  title: "Hi-Lo",
  /** `HT` → `♥10`. U+FE0E keeps the suit from becoming an emoji. @param {string} card */
  short: (card) => `${signs[card[0]]}\uFE0E${card[1] === "T" ? "10" : card[1]}`,
};
