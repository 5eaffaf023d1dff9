/** How typed numbers are read: by the same rule in every field for an amount or a multiplier. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTarget } from "../../server/client/faces/crash/panel.js";
import { typedValue } from "../../server/client/faces/plain/schema.js";
import { parseChips, readNumber } from "../../server/client/format.js";
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
