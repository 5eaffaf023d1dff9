/** The last round of a single-player room, and the end of its bet. */

import assert from "node:assert/strict";
import test from "node:test";
import { endText, lastRound, toneOf } from "../../server/client/room/last_round.js";

/** @param {any} last @param {any[]} history @returns {any} */
const storeOf = (last, history) => ({ last: { value: last }, history: { value: history } });

/** @param {string} result @param {number} payout of a stake of 100 */
const seen = (result, payout) => ({
  round: "dice-a.2",
  outcome: { roll: 7 },
  results: [{ result, amount: 100, payout }],
});

test("there is none before the first round", () => {
  assert.equal(lastRound(storeOf(null, [])), null);
  assert.equal(toneOf(null), "");
});

test("a round that we saw end has its bet, even before it is in the history", () => {
  for (const history of [[], [{ round: "dice-a.2", outcome: { roll: 7 } }]]) {
    const last = lastRound(storeOf(seen("win", 198), history));
    assert.deepEqual([last?.round, last?.outcome.roll, toneOf(last)], ["dice-a.2", 7, "win"]);
  }
  assert.equal(toneOf(lastRound(storeOf(seen("loss", 0), []))), "loss");
});

test("for a round that we did not see, only the outcome is known", () => {
  const last = lastRound(storeOf(seen("win", 198), [{ round: "dice-a.3", outcome: { roll: 8 } }]));
  assert.deepEqual([last?.round, last?.outcome.roll, last?.results, toneOf(last)], ["dice-a.3", 8, null, ""]);
});

test("the end of a bet that could be cashed out, in words", () => {
  const told = (/** @type {string} */ result, /** @type {number} */ payout) =>
    endText(storeOf(seen(result, payout), []), "A mine");
  assert.deepEqual(told("loss", 0), { words: "A mine", tone: "loss" });
  assert.deepEqual(told("push", 100), { words: "Stake returned", tone: "" });
  assert.deepEqual(told("win", 150), { words: "Cashed out: 1.50 (+0.50)", tone: "win" });
  const unseen = storeOf(null, [{ round: "mines-a.3", outcome: {} }]);
  assert.deepEqual(endText(unseen, "A mine"), { words: "Round over", tone: "" });
});
