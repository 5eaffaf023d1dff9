/** Which language the client speaks. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { LANGUAGES, language, languageFor } from "../../server/client/language.js";

test("the player's choice comes first, then the browser's languages in their order, then English", () => {
  assert.equal(languageFor("en", ["hi-IN", "hi"]), "en");
  assert.equal(languageFor(null, ["en-GB", "hi"]), "en");
  assert.equal(languageFor(null, ["fr-FR", "EN-gb"]), "en");
  assert.equal(languageFor(null, ["fr", "de-CH"]), "en");
  assert.equal(languageFor(null, []), "en");
});

test("a choice that is no language of ours does not count", () => {
  for (const chosen of ["xx", "", "toString", "__proto__"]) assert.equal(languageFor(chosen, ["fr"]), "en");
  assert.equal(languageFor(null, ["constructor", "to-String"]), "en");
});

test("without a page, as in the build, the language is English", () => {
  assert.equal(language, "en");
});

test("each locale is known here and writes Latin digits", () => {
  for (const { numbers, dates } of Object.values(LANGUAGES)) {
    assert.deepEqual(Intl.NumberFormat.supportedLocalesOf([numbers]), [numbers]);
    assert.match(new Intl.NumberFormat(numbers).format(1_234_567), /^[\d,.]+$/);
    assert.match(new Intl.DateTimeFormat(dates, { dateStyle: "medium" }).format(0), /1970/);
  }
});
