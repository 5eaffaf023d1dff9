/** The player's language: the one chosen here, else the browser's, else English. */

import { localStore } from "./token.js";

const KEY = "croupier.language";

/**
 * The languages that the client has texts in: their own names, and the locales that format numbers and dates. Digits are
 * Latin in all of them, as the game's pictures are.
 */
export const LANGUAGES = {
  en: { name: "English", numbers: "en", dates: "en-GB" },
};

/** @typedef {keyof typeof LANGUAGES} Language */
/** @typedef {{numbers: string, dates: string}} Locales */

/** @param {string | null} tag @returns {tag is Language} */
const isKnown = (tag) => tag !== null && Object.hasOwn(LANGUAGES, tag);

/**
 * @param {string | null} chosen by the player
 * @param {readonly string[]} preferred the browser's languages, such as `hi-IN`, the best first
 * @returns {Language}
 */
export function languageFor(chosen, preferred) {
  if (isKnown(chosen)) return chosen;
  return preferred.map((tag) => tag.toLowerCase().split("-")[0]).find(isKnown) ?? "en";
}

/** The locales of a language. @param {Language} of @returns {Locales} */
export const localesOf = (of) => LANGUAGES[of];

const store = localStore();

/** Without a page, as in the build, the language is English wherever it runs. */
const preferred = globalThis.document ? navigator.languages : [];

/** The language of this page. */
export const language = languageFor(store.getItem(KEY), preferred);

/** Keep the choice, and load the page again in the chosen language. @param {Language} choice */
export function setLanguage(choice) {
  store.setItem(KEY, choice);
  location.reload();
}

/** Tell the browser and screen readers the language of the page. */
export const startLanguage = () => {
  document.documentElement.lang = language;
};
