/** Every published reason has words in every language, and errors are said by reason and values. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { errorText, fieldErrorText } from "../../server/client/error_text.js";
import { formatsOf } from "../../server/client/format.js";
import { LANGUAGES } from "../../server/client/language.js";
import { en } from "../../server/client/texts/en.js";
import { hi } from "../../server/client/texts/hi.js";
import { WireError } from "../../server/client/wire.js";

const MADE = { en, hi };
/** A value of each kind, of which the words must say something. */
const SAMPLES = /** @type {Record<string, any>} */ ({
  cents: 123456,
  ms: Date.UTC(2026, 11, 3, 6, 47),
  number: 7,
  string: "heads",
  strings: ["campus.example"],
});
const ROW = /^\| `(\w+)` \| `(\w+)` \| (\w*) \| (.*?) \| /;

/** The published reasons, from the protocol reference. */
async function published() {
  const page = await readFile(fileURLToPath(new URL("../../docs/protocol.md", import.meta.url)), "utf8");
  const table = page.split("\n## Reasons\n")[1].split("\n## ")[0];
  return [...table.split("\n")].flatMap((line) => {
    const [, code, reason, game, listed] = ROW.exec(line) ?? [];
    if (!code) return [];
    const values = [...listed.matchAll(/`(\w+)` \((\w+)\)/g)].map(([, name, kind]) => [name, SAMPLES[kind]]);
    return [{ code, reason, game, values: Object.fromEntries(values) }];
  });
}

for (const [language, locales] of Object.entries(LANGUAGES)) {
  test(`every published reason has words in ${locales.name}`, async () => {
    const list = await published();
    assert.ok(list.length > 150);
    /** @type {any} */
    const texts = MADE[/** @type {keyof typeof MADE} */ (language)](formatsOf(locales));
    for (const { code, reason, game, values } of list) {
      const words = game ? texts.gameReasons[game]?.[reason] : texts.reasons[code]?.[reason];
      const said = typeof words === "function" ? words(values) : words;
      assert.equal(typeof said, "string", `${code} ${reason} ${game}`);
      assert.doesNotMatch(said, /undefined|NaN|Invalid|\[object/, `${code} ${reason}`);
      assert.equal(typeof words === "function", Object.keys(values).length > 0, `${code} ${reason}`);
    }
    const [said, known] = [Object.values(texts.reasons), Object.values(texts.gameReasons)];
    const count = [...said, ...known].reduce((sum, each) => sum + Object.keys(each).length, 0);
    assert.equal(count, list.length, "a text for a reason that is not published");
  });
}

test("an error is said by its reason and values", () => {
  const stakes = { code: "limit_exceeded", message: "No.", reason: "stakes", values: { least: 100, most: 1_000_050 } };
  assert.equal(errorText(new WireError(stakes)), "Stakes here are from 1 to 10,000.50 chips.");
});

test("a game's own reason counts in its room only", () => {
  const raise = new WireError({
    code: "bad_request",
    message: "Raise.",
    reason: "raise",
    values: { least: 200, most: 500 },
  });
  assert.equal(errorText(raise, "holdem"), "Raise to between 2 and 5 chips.");
  assert.equal(errorText(raise, "streak"), "Raise.");
});

test("without a known reason, the server's words come first and then the code's", () => {
  const of = (/** @type {object} */ more) => errorText(new WireError({ code: "illegal_action", ...more }));
  assert.equal(of({ message: "The rules do not allow this now." }), "The rules don’t allow that now.");
  assert.equal(of({ message: "The streak is over.", reason: "streak_over" }), "The streak is over.");
  assert.equal(of({ message: "Too late.", reason: "too_late" }), "Too late.");
});

test("what is wrong with a field is said by its reason, also for a bet that is only asked about", () => {
  const wrong = { field: "stake", code: "not_allowed", message: "Said by the server." };
  const known = { ...wrong, reason: "above_payout", values: { most: 500 } };
  assert.equal(fieldErrorText(known, "crash"), "The stake is above the room’s largest payout of 5 chips.");
  assert.equal(fieldErrorText(known), wrong.message);
  assert.equal(fieldErrorText(wrong), wrong.message);
  assert.equal(
    fieldErrorText({ ...wrong, reason: "password_short", values: { least: 8 } }),
    "Use at least 8 characters.",
  );
  assert.equal(
    fieldErrorText({ ...wrong, reason: "stake_too_small", values: { least: 1 } }),
    "The smallest stake is 0.01 chips.",
  );
});
