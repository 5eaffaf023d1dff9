/** What a bet returns at a small stake, in words. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { roundedReturns } from "../../server/client/room/stake_return.js";
import { texts } from "../../server/client/texts.js";

/** @param {[number, number][]} returns at the stake, and without rounding */
const odds = (...returns) => ({
  bets: returns.map(([return_to_player, unrounded_return]) => ({
    bet: "any",
    return_to_player,
    unrounded_return,
    deviation: 1,
    largest_multiplier: 2,
    method: "closed form",
  })),
});

test("nothing is said where rounding costs nothing that could be seen", () => {
  assert.equal(roundedReturns(odds([0.99, 0.99])), null);
  assert.equal(roundedReturns(odds([0.98997, 0.99001])), null);
});

test("the lowest and the highest return are said", () => {
  assert.deepEqual(roundedReturns(odds([0.9802, 0.99])), { lowest: 0.9802, highest: 0.9802 });
  assert.deepEqual(roundedReturns(odds([0.99, 0.99], [0.924, 0.98994])), { lowest: 0.924, highest: 0.99 });
});

test("one return is said once", () => {
  assert.match(texts.room.bet.rounded(0.9802, 0.9802), /, 98\.02 % is paid back/);
  assert.match(texts.room.bet.rounded(0.924, 0.99), /, 92\.4 % to 99 % is paid back/);
});
