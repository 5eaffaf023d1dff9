/** The player's language: the one chosen here, else the browser's, else English. */

import { localStore } from "./token.js";

export const KEY = "croupier.language";

/**
 * The languages that the client has texts in: their own names, and the locales that format numbers and dates. Digits are
 * Latin in all of them, as in the games' pictures.
 */
export const LANGUAGES = {
  en: { name: "English", numbers: "en", dates: "en-GB" },
  hi: { name: "हिन्दी", numbers: "hi-IN-u-nu-latn", dates: "hi-IN-u-hc-h23-nu-latn" },
};

/** @typedef {keyof typeof LANGUAGES} Language */
/** @typedef {{numbers: string, dates: string}} Locales */

/**
 * The build writes this function into the pages, where it runs before the first script is there. So it uses nothing else.
 * @param {string | null} chosen by the player
 * @param {readonly string[]} preferred the browser's languages, such as `hi-IN`, the best first
 * @param {readonly string[]} known the languages that there are
 */
export function languageFor(chosen, preferred, known) {
  // Some browsers and extensions hide the languages.
  const tags = Array.isArray(preferred) ? preferred : [];
  const wanted = [chosen ?? "", ...tags.map((tag) => String(tag).toLowerCase().split("-")[0])];
  return wanted.find((language) => known.includes(language)) ?? "en";
}

/** The locales of a language. @param {Language} of @returns {Locales} */
export const localesOf = (of) => LANGUAGES[of];

const store = localStore();

/** Without a page, as in the build, the language is English wherever that runs. */
const preferred = globalThis.document ? navigator.languages : [];

/** The language of this page. */
export const language = /** @type {Language} */ (languageFor(store.getItem(KEY), preferred, Object.keys(LANGUAGES)));

/** Keep the choice, and load the page again in the chosen language. @param {Language} choice */
export function setLanguage(choice) {
  store.setItem(KEY, choice);
  location.reload();
}
