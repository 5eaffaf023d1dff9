/** The texts in the player's language. English comes with the client, another language is loaded before anything is drawn. */

import { formatsOf } from "./format.js";
import { language, localesOf } from "./language.js";
import { en } from "./texts/en.js";

/** @typedef {ReturnType<typeof en>} Texts */

/** @type {Texts} */
export const texts = en(formatsOf(localesOf(language)));
