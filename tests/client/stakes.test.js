/** Typed stakes and the stake buttons. */

import assert from "node:assert/strict";
import test from "node:test";
import { parseChips, plainChips } from "../../server/client/format.js";
import { clamp, largest, press } from "../../server/client/room/stakes.js";

const bounds = { min: 1, max: 100_000, available: 5_000 };

test("parsing typed chips", () => {
  for (const [typed, cents] of /** @type {[string, number | null][]} */ ([
    ["10", 1000],
    ["12.5", 1250],
    ["12,50", 1250],
    [" 1,000 ", 100_000],
    ["1,234,567.8", 123_456_780],
    [".5", 50],
    ["0.01", 1],
    ["7.", 700],
    ["0,500", 50],
    ["0,5", 50],
    ["0,125", null],
    ["00,500", 50],
    ["1,500", 150_000],
    ["1.500", 150],
    ["1 500,50", 150_050],
    ["1,50", 150],
    ["1,5000", 150],
    ["12,34,567", null],
    ["1.234,5", null],
    ["1 2", null],
    ["", null],
    [".", null],
    ["-1", null],
    ["1e3", null],
    ["1.234", null],
    ["12 000", 1_200_000],
    ["ten", null],
  ])) {
    assert.equal(parseChips(typed), cents, typed);
  }
});

test("the text in the field reads back as the same amount", () => {
  for (const cents of [1, 50, 100, 1250, 99_999, 100_000]) assert.equal(parseChips(plainChips(cents)), cents);
});

test("the buttons stay between the smallest and the largest possible stake", () => {
  assert.equal(press("half", 1001, bounds), 500);
  assert.equal(press("half", 1, bounds), 1);
  assert.equal(press("double", 1000, bounds), 2000);
  assert.equal(press("double", 4000, bounds), 5000);
  assert.equal(press("max", 1, bounds), 5000);
  assert.equal(press("min", 999, bounds), 1);
});

test("without an account only the room's limits count; an empty wallet keeps the smallest stake", () => {
  assert.equal(largest({ ...bounds, available: null }), 100_000);
  assert.equal(largest({ ...bounds, available: 0 }), 1);
  assert.equal(clamp(200_000, { ...bounds, available: null }), 100_000);
});
