/** The page that the service worker shows without a connection. It is in every language, because it has no scripts. */

import { formatsOf } from "../format.js";
import { LANGUAGES } from "../language.js";
import { en } from "../texts/en.js";
import { hi } from "../texts/hi.js";

/** @typedef {import("../language.js").Language} Language */

/** @param {[string, typeof en]} language @param {number} index */
function said([language, catalogue], index) {
  const { offline } = catalogue(formatsOf(LANGUAGES[/** @type {Language} */ (language)])).shell;
  const heading = index === 0 ? "h1" : "h2";
  return `<div class="stack" lang="${language}"><${heading}>${offline.title}</${heading}><p>${offline.lead}</p>
    <p><a class="button primary" href="">${offline.again}</a></p></div>`;
}

export const offlinePage = `<div class="page narrow stack">${Object.entries({ en, hi }).map(said).join("")}</div>`;
