/** The texts in the player's language. English comes with the client; another language is loaded before anything is drawn. */

import { formatsOf } from "./format.js";
import { language, localesOf } from "./language.js";
import { en } from "./texts/en.js";

/** @typedef {ReturnType<typeof en>} Texts */

/** The other languages. The build makes a file of each. @type {Record<string, () => Promise<typeof en>>} */
const OTHERS = {
  hi: async () => (await import("./texts/hi.js")).hi,
};

/** While several servers are updated, one of them may not have the file. Then the page is in English. */
const catalogue = (await OTHERS[language]?.().catch((error) => console.warn("no texts:", error))) ?? en;

/** The language that the page is in. */
export const spoken = catalogue === en ? "en" : language;

/** @type {Texts} */
export const texts = catalogue(formatsOf(localesOf(spoken)));

/**
 * The word for a name that a game uses in its views, selections and moves, if this language has one.
 * @param {unknown} name @returns {string | undefined}
 */
export const wordFor = (name) =>
  typeof name === "string" && Object.hasOwn(texts.names, name) ? texts.names[name] : undefined;
