/** The few words of hi-lo that the lobby needs, too. */

/** @type {Record<string, string>} */
const signs = { D: "♦", H: "♥", S: "♠", C: "♣" };

export const tileText = {
  title: "Hi-Lo",
  /** `HT` → `♥10`, never as a picture. @param {string} card */
  short: (card) => `${signs[card[0]]}\uFE0E${card[1] === "T" ? "10" : card[1]}`,
};
