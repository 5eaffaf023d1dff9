/** Keno: draws, payouts, picks and rules. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { Choice } from "../../server/client/faces/keno/choice.js";
import { drawnBy, hitsOf, quickPick, RISKS, tableOf } from "../../server/client/faces/keno/math.js";
import { play } from "../../server/client/faces/keno/rules.js";
import { reduce, resultText } from "../../server/client/faces/keno/tile.js";
import { applyEvent, fromSnapshot } from "../../server/client/reduce.js";
import { texts } from "../../server/client/texts.js";
import { snapshotOf } from "./fakes.js";

const text = texts.games.keno.face;

test("each draw removes a number from the list", () => {
  assert.deepEqual(drawnBy(Array(10).fill(0)), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const last = 1 - 2 ** -32;
  assert.deepEqual(drawnBy(Array(10).fill(last)), [40, 39, 38, 37, 36, 35, 34, 33, 32, 31]);
  assert.deepEqual(drawnBy([0.5, 0.5, 0, 0.5, 0.1, 0.2, 0.3, 0.4, 0.6, 0.7]).slice(0, 4), [21, 20, 1, 22]);
});

test("all 30 tables match the page for players", () => {
  const page = readFileSync(new URL("../../docs/games/keno.md", import.meta.url), "utf8");
  for (const risk of RISKS) {
    const part = page.split(`### ${risk[0].toUpperCase()}${risk.slice(1)} risk`)[1].split("###")[0];
    for (let picks = 1; picks <= 10; picks++) {
      const pays = tableOf(risk, picks).map((each) => text.times(each).replace("×", "").replace(/^0$/, "–"));
      assert.equal(pays.length, picks + 1);
      assert.ok(part.includes(`\n| ${picks} | ${pays.join(" | ")} |`), `${risk} ${picks}: ${pays}`);
    }
  }
});

test("hits are counted and paid in whole cents", () => {
  assert.equal(hitsOf([1, 2, 3], [3, 9, 1]), 2);
});

test("numbers are picked and removed, at most ten", () => {
  const choice = new Choice();
  assert.equal(choice.table.value, null);
  for (const number of [7, 3, 40]) assert.ok(choice.toggle(number));
  assert.deepEqual(choice.selection(), { picks: [3, 7, 40], risk: "medium" });
  assert.equal(choice.shows.value, false, "the last draw is off the board when the picks change");
  choice.toggle(7);
  assert.deepEqual(choice.picks.value, [3, 40]);
  for (const number of [11, 12, 13, 14, 15, 16, 17, 18]) choice.toggle(number);
  assert.equal(choice.toggle(20), false);
  assert.equal(choice.picks.value.length, 10);
  choice.clear();
  assert.deepEqual(choice.picks.value, []);
  choice.nextRisk();
  choice.nextRisk();
  assert.equal(choice.risk.value, "low");
});

test("a quick pick takes as many numbers as are picked, or ten, all different", () => {
  const choice = new Choice();
  choice.quick();
  assert.equal(new Set(choice.picks.value).size, 10);
  choice.clear();
  for (const number of [1, 2, 3]) choice.toggle(number);
  choice.quick(() => 0.999);
  assert.deepEqual(choice.picks.value, [38, 39, 40]);
  assert.deepEqual(
    quickPick(2, () => 0),
    [1, 2],
  );
});

test("the picks stay known while the next round is open", () => {
  const bet = { player: "ann", bet: "keno-a.7.1", amount: 100, selection: { picks: [1], risk: "low" } };
  const snapshot = snapshotOf({
    game: "keno",
    round: { round: "keno-a.7", number: 7, server_seed_hash: "aa" },
    bets: [bet],
  });
  let state = fromSnapshot("keno-a", "e", 1, snapshot);
  const results = [{ player: "ann", bet: "keno-a.7.1", amount: 100, result: "win", payout: 186 }];
  const drawn = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  state = applyEvent(
    state,
    {
      type: "round_ended",
      round: "keno-a.7",
      outcome: { drawn },
      server_seed: "s",
      client_seed: "c",
      nonce: 7,
      results,
    },
    reduce,
  );
  state = applyEvent(state, { type: "round_opened", round: "keno-a.8", number: 8, server_seed_hash: "bb" }, reduce);
  assert.deepEqual(state.view, { phase: "betting", settled: [{ ...bet, ...results[0] }] });
  assert.deepEqual(resultText({ drawn }), { text: "1 2 3 …", tone: "plain" });
});

test("an invalid journal is not replayed", () => {
  const bet = (/** @type {any} */ selection) => ({
    do: "bet",
    seat: 0,
    number: 1,
    amount: 100,
    client_seed: "c",
    selection,
  });
  const round = (/** @type {any[]} */ bets, journal = []) => ({
    draws: Array(10).fill(0),
    bets,
    journal,
    options: {},
    openedAt: 0,
  });
  const good = bet({ picks: [1], risk: "low" });
  assert.deepEqual(play(round([good])).results, [{ result: "win", payout: 186 }]);
  assert.deepEqual(play(round([{ ...good, amount: 1, selection: { picks: [11], risk: "low" } }])).results, [
    { result: "loss", payout: 0 },
  ]);
  for (const picks of [[], [0], [41], [1, 1], [1.5], Array.from({ length: 11 }, (_, n) => n + 1)]) {
    assert.throws(() => play(round([bet({ picks, risk: "low" })])), /different numbers/);
  }
  assert.throws(() => play(round([bet({ picks: [1], risk: "none" })])), /no risk called none/);
  assert.throws(() => play(round([good, good])), /2 bets in a round that takes one/);
  assert.throws(() => play(round([good], [[0, { do: "act", seat: 0, action: { action: "x" } }]])), /no moves/);
});
