/** How typed numbers are read: by the same rule in every field for an amount or a multiplier. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTarget } from "../../server/client/faces/crash/panel.js";
import { typedValue } from "../../server/client/faces/plain/schema.js";
import { centsOf, formatsOf, parseChips, readerOf, readNumber } from "../../server/client/format.js";
import { LANGUAGES } from "../../server/client/language.js";
import { parsedOption } from "../../server/client/private/terms.js";
import { parseNumber } from "../../server/client/room/number_field.js";

const digits = (/** @type {string} */ typed) => readNumber(typed)?.digits ?? null;

test("no group of thousands begins with 0, so 0,500 is a half", () => {
  assert.deepEqual(["0,500", "0,125", "00,500", "0,000", "0 500", "0.500"].map(digits), [
    "0.5",
    "0.125",
    "0.5",
    "0",
    null,
    "0.5",
  ]);
});

test("a comma or a space separates thousands where it can", () => {
  const read = { "1,500": "1500", "12,345,678.9": "12345678.9", "1 500,25": "1500.25", "1\u00a0500": "1500" };
  for (const [typed, number] of Object.entries(read)) assert.equal(digits(typed), number, typed);
});

test("otherwise a comma separates decimals", () => {
  const read = { "1,5": "1.5", "1,50": "1.5", "1234,500": "1234.5", ",5": "0.5", "1,5000": "1.5", "3,": "3" };
  for (const [typed, number] of Object.entries(read)) assert.equal(digits(typed), number, typed);
});

test("what can mean two numbers says both", () => {
  assert.deepEqual(readNumber("1,500"), { digits: "1500", other: "1.5" });
  assert.deepEqual(readNumber("1.500"), { digits: "1.5", other: "1500" });
  for (const typed of ["0,500", "1,5", "1,500.0", "1,500,000", "1 500", "1500,250", "1500"])
    assert.equal(readNumber(typed)?.other, null, typed);
});

test("what is no number is not read", () => {
  for (const typed of ["", " ", ".", ",", "-1", "+1", "1e3", "1.2.3", "1,2,3", "1,50,000", "1.500,00", "٣", "0x1"])
    assert.equal(readNumber(typed), null, typed);
});

test("every field reads the same text as the same number", () => {
  const option = { name: "x", label: "x", unit: /** @type {const} */ ("plain"), min: 0, max: 1e9, start: 1 };
  const field = { name: "x", kind: /** @type {const} */ ("number"), required: true, start: "" };
  for (const typed of ["1,500", "1 500", "2,", "0012", "3.0", "1,234,567"]) {
    const number = Number(digits(typed));
    const found = [
      (parseChips(typed) ?? Number.NaN) / 100,
      parseNumber(typed),
      parsedOption(option, typed),
      typedValue(field, typed),
      number > 1_000_000 ? number : parseTarget(typed),
    ];
    assert.deepEqual(found, Array(5).fill(number), typed);
  }
  assert.deepEqual([parseNumber("0,500"), parseTarget("1,5"), typedValue(field, "0,500")], [0.5, 1.5, 0.5]);
});

/** English, Hindi, and a language whose decimal sign is a comma. */
const LOCALES = [...Object.values(LANGUAGES), { numbers: "de", dates: "de" }, { numbers: "fr", dates: "fr" }];

/** Amounts in cents of every size, with and without cents; the same in every run. */
function* amounts() {
  for (const digits of ["1", "12", "123", "1234", "99999", "100000", "1234567", "10000000", "123456789012"])
    for (const cents of [0, 1, 10, 50, 99]) yield Number(digits) * 100 + cents;
  let state = 1;
  for (let round = 0; round < 2_000; round += 1) {
    state = (state * 48_271) % 2_147_483_647;
    yield state % 10 ** ((state % 10) + 1);
  }
}

test("an amount that a locale writes is read as the same amount in this locale", () => {
  for (const locale of LOCALES) {
    const [format, reader] = [formatsOf(locale), readerOf(locale.numbers)];
    for (const cents of amounts())
      for (const written of [format.chips(cents), format.chipsExact(cents), format.plainChips(cents)])
        assert.equal(reader.parseChips(written), cents, `${locale.numbers}: ${written}`);
  }
});

test("a number with any decimals that a locale writes into a field is read as the same number", () => {
  for (const locale of LOCALES) {
    const [format, reader] = [formatsOf(locale), readerOf(locale.numbers)];
    for (const value of [0.5, 0.125, 1.5, 1.125, 12.3456, 999.999, 1234.5678, 1_000_000, 0.000099]) {
      for (const written of [format.plainNumber(value), format.number(value, 6)])
        assert.equal(Number(reader.readNumber(written)?.digits), value, `${locale.numbers}: ${written}`);
      assert.equal(reader.readNumber(reader.typedAs(String(value)))?.digits, String(value), locale.numbers);
    }
    assert.equal(Number(reader.readNumber(format.plainFixed(9_801.5, 4))?.digits), 9_801.5);
    assert.equal(Number(reader.readNumber(format.plainSignificant(0.000099, 2))?.digits), 0.000099);
  }
});

test("where the decimal sign is a comma, points separate thousands, and what can mean two numbers says both", () => {
  const { parseChips, readNumber } = readerOf("de");
  assert.equal(parseChips("1.234,50"), 123_450);
  assert.equal(parseChips("1.234.567"), 123_456_700);
  assert.equal(parseChips("12,5"), 1_250);
  assert.equal(parseChips("12.5"), 1_250);
  assert.deepEqual(readNumber("1.500"), { digits: "1500", other: "1.5" });
  assert.deepEqual(readNumber("1,500"), { digits: "1.5", other: "1500" });
  assert.equal(readNumber("1.234,5")?.other, null);
  for (const typed of ["1,234.50", "1,234,567", "1.23.456", "1.234.50"]) assert.equal(readNumber(typed), null, typed);
});

test("in Hindi, lakhs and crores are read, and digits of either script", () => {
  const { parseChips, readNumber } = readerOf(LANGUAGES.hi.numbers);
  assert.equal(parseChips("1,00,000"), 10_000_000);
  assert.equal(parseChips("12,34,567.5"), 123_456_750);
  assert.equal(parseChips("1,000,000"), 100_000_000);
  assert.equal(parseChips("१२.५०"), 1_250);
  assert.deepEqual(readNumber("१,५००"), { digits: "1500", other: "1.5" });
  for (const typed of ["1,00,00", "100,00,000", "1,0,000", "1,00,000,0"]) assert.equal(readNumber(typed), null, typed);
});

test("groups of two digits are no number where nobody writes them", () => {
  for (const locale of ["en", "de"]) assert.equal(readerOf(locale).readNumber("1,00,000"), null);
});

test("a number with more than two decimals is no amount", () => {
  assert.deepEqual(["1234.5", "1", "0.05", "1.125", ""].map(centsOf), [123_450, 100, 5, null, null]);
});
