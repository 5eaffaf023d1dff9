/** The texts of hi-lo, except those in tile_text.js. */

import { cardText } from "../../card_text.js";

const exact = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** A multiplier with two to four decimals: `1.17×`. @param {number} value */
export const times = (value) => `${exact.format(value)}×`;

export const text = {
  // ---- the table ----
  row: "Cards so far, newest first",
  start: "Place a bet to deal a card.",
  watching: "The next bet deals the next card.",
  worth: "Worth",
  after: /** @type {Record<string, string>} */ ({ bet: "first", higher: "higher", lower: "lower", skip: "skipped" }),
  lost: "Wrong. The bet is lost",
  saidDealt: (/** @type {string} */ card) => `The ${cardText.name(card)}.`,
  saidRight: (/** @type {string} */ card, /** @type {number} */ value) =>
    `The ${cardText.name(card)}: right. Worth ${times(value)}.`,
  saidWrong: (/** @type {string} */ card) => `The ${cardText.name(card)}: wrong.`,

  // ---- the panel ----
  place: "Place bet",
  placing: "Placing…",
  moves: "Your guess",
  higher: "Higher",
  lower: "Lower",
  orSame: "or the same",
  chance: (/** @type {number} */ ranks) => `${((100 * ranks) / 13).toFixed(1)} %`,
  skip: "Skip",
  cashOut: "Cash out",
  takeBack: "Take back",

  keys: { higher: "Guess higher", lower: "Guess lower", skip: "Skip the card", cashOut: "Cash out" },
};
