/** The texts in the player's language. English comes with the client, another language is loaded before anything is drawn. */

import { formatsOf } from "./format.js";
import { language, localesOf } from "./language.js";
import { en } from "./texts/en.js";

/** @typedef {ReturnType<typeof en>} Texts */

/** @type {Texts} */
export const texts = en(formatsOf(localesOf(language)));

/**
 * The word for a name that a game uses in its views, selections and moves, if this language has one.
 * @param {unknown} name @returns {string | undefined}
 */
export const wordFor = (name) =>
  typeof name === "string" && Object.hasOwn(texts.names, name) ? texts.names[name] : undefined;
