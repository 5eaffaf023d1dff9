/** Dice shows before a roll exactly what the server pays after it. */

import assert from "node:assert/strict";
import test from "node:test";
import * as dice from "../../server/client/faces/dice/math.js";

test("over 50.00 wins on 5,000 numbers and pays 1.9801", () => {
  assert.equal(dice.winningNumbers(5000, true), 5000);
  assert.equal(dice.winningNumbers(5000, false), 5000);
  assert.equal(dice.multiplierOf(5000), 19801);
});

test("the ends of the range: a win always pays more than the stake", () => {
  assert.equal(dice.multiplierOf(1), 99_009_900);
  for (const over of [true, false]) {
    const { least, most } = dice.targetBounds(over);
    for (const target of [least, most]) {
      const winning = dice.winningNumbers(target, over);
      assert.ok(winning >= 1 && dice.multiplierOf(winning) > 10_000);
    }
  }
  assert.deepEqual(dice.targetBounds(true), { least: 100, most: 9999 });
  assert.deepEqual(dice.targetBounds(false), { least: 1, most: 9900 });
});

test("a roll that equals the target loses on both sides", () => {
  assert.equal(dice.wins(5000, 5000, true), false);
  assert.equal(dice.wins(5000, 5000, false), false);
  assert.equal(dice.wins(5001, 5000, true), true);
  assert.equal(dice.wins(4999, 5000, false), true);
});

test("a desired chance or multiplier gives the nearest target within the bounds", () => {
  assert.equal(dice.targetForChance(0.5, false), 5001);
  assert.equal(dice.targetForMultiplier(2, true), 10_000 - 4950);
  assert.ok(dice.multiplierOf(dice.winningNumbers(dice.targetForMultiplier(2, true), true)) >= 20_000);
  assert.equal(dice.targetForMultiplier(1e9, false), 1);
  assert.equal(dice.targetForChance(5, true), 100);
});

test("hundredths are exact", () => {
  assert.equal(dice.hundredths(74.67), 7467);
  assert.equal(dice.hundredths(0.29), 29);
});
