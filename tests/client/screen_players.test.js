/** The rows of a room's screen: who plays, with how much, and what came of it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { playersOf } from "../../server/client/screen/players.js";

const seat = (player, away = false) => ({ player, seat: 0, away });
const bet = (player, amount, more = {}) => ({ bet: `${player}-${amount}`, player, amount, selection: {}, ...more });
const statusOf = () => "riding";

test("everybody with a seat or a bet has a row, the largest stake first", () => {
  const rows = playersOf([seat("ann"), seat("bob", true)], [bet("cat", 100), bet("bob", 500)], statusOf);
  assert.deepEqual(
    rows.map(({ player, staked, away, words }) => [player, staked, away, words]),
    [
      ["bob", 500, true, "riding"],
      ["cat", 100, false, "riding"],
      ["ann", null, false, ""],
    ],
  );
});

test("several bets of a player are one row, with a net result when all of them have ended", () => {
  const half = playersOf([], [bet("ann", 100, { payout: 250 }), bet("ann", 300)], statusOf);
  assert.deepEqual([half[0].staked, half[0].net, half[0].words], [400, null, ""]);
  const over = playersOf([], [bet("ann", 100, { payout: 250 }), bet("ann", 300, { payout: 0 })], statusOf);
  assert.deepEqual([over.length, over[0].net], [1, -150]);
});

test("a player's stack at the table stands in place of the bets", () => {
  const rows = playersOf([seat("ann"), seat("bob")], [bet("ann", 100), bet("bob", 100)], statusOf, (player) =>
    player === "ann" ? 96 : null,
  );
  assert.deepEqual(
    rows.map(({ player, staked }) => [player, staked]),
    [
      ["bob", 100],
      ["ann", 96],
    ],
  );
});
