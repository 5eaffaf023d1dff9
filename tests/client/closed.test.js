/** The tally of a closed room adds up what each round paid, and ranks the players. */

import assert from "node:assert/strict";
import test from "node:test";
import { counted, NO_ROUNDS, ranked } from "../../server/client/room/closed.js";

/** @param {[string, number, number][]} results player, stake, payout */
const round = (...results) =>
  /** @type {any} */ ({ results: results.map(([player, amount, payout]) => ({ player, amount, payout })) });

test("rounds add up by player; rounds without bets don't count", () => {
  const rounds = [round(["ann", 100, 250], ["bob", 100, 0]), round(), round(["ann", 50, 0], ["ann", 50, 0])];
  const tally = rounds.reduce(counted, NO_ROUNDS);
  assert.equal(tally.rounds, 2);
  assert.deepEqual(ranked(tally), [
    ["ann", 50],
    ["bob", -100],
  ]);
  assert.equal(NO_ROUNDS.nets.size, 0);
});

test("equal results are in the order of names", () => {
  const tally = counted(NO_ROUNDS, round(["bob", 10, 0], ["ann", 10, 0], ["cat", 10, 40]));
  assert.deepEqual(
    ranked(tally).map(([player]) => player),
    ["cat", "ann", "bob"],
  );
});
