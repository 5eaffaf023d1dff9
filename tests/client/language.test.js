/** Which language the client speaks. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { LANGUAGES, language, languageFor } from "../../server/client/language.js";

const KNOWN = ["en", "hi"];

test("the player's choice comes first, then the browser's languages in their order, then English", () => {
  const found = (/** @type {string | null} */ chosen, /** @type {string[]} */ ...preferred) =>
    languageFor(chosen, preferred, KNOWN);
  assert.equal(found("en", "hi-IN", "hi"), "en");
  assert.equal(found("hi", "en-GB"), "hi");
  assert.equal(found(null, "hi-IN", "en"), "hi");
  assert.equal(found(null, "en-GB", "hi"), "en");
  assert.equal(found(null, "mr-IN", "HI-in", "en"), "hi");
  assert.equal(found(null, "fr-FR", "de-CH"), "en");
  assert.equal(found(null), "en");
});

test("a choice that is no language of ours does not count", () => {
  for (const chosen of ["xx", "", "toString", "__proto__"]) {
    assert.equal(languageFor(chosen, ["hi-IN"], KNOWN), "hi", chosen);
    assert.equal(languageFor(null, [chosen], KNOWN), "en", chosen);
  }
});

test("it needs nothing else, because the build writes it into the pages", () => {
  const alone = new Function(`return ${languageFor}`)();
  assert.equal(alone(null, ["hi-IN"], KNOWN), "hi");
});

test("without a page, as in the build, the language is English", () => {
  assert.equal(language, "en");
});

test("each locale is known here and writes Latin digits", () => {
  for (const { numbers, dates } of Object.values(LANGUAGES)) {
    assert.deepEqual(Intl.NumberFormat.supportedLocalesOf([numbers, dates]), [...new Set([numbers, dates])]);
    assert.match(new Intl.NumberFormat(numbers).format(1_234_567), /^[\d,.]+$/);
    assert.match(new Intl.DateTimeFormat(dates, { dateStyle: "medium" }).format(0), /1970/);
  }
});

test("a browser that hides its languages gets English", () => {
  for (const hidden of [undefined, null, "hi-IN", [undefined]]) {
    assert.equal(languageFor(null, /** @type {any} */ (hidden), KNOWN), "en");
  }
});
