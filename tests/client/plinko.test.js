/** Plinko: its tables, the motion of the ball, and replays. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { ballAt, FALL_MS, pegsOf, shining } from "../../server/client/faces/plinko/motion.js";
import { play } from "../../server/client/faces/plinko/rules.js";
import { RISKS, shown, tableOf } from "../../server/client/faces/plinko/tables.js";
import { resultText } from "../../server/client/faces/plinko/tile.js";

/** @type {Record<string, any>} */
const vectors = JSON.parse(readFileSync(new URL("../../docs/vectors/rounds.json", import.meta.url), "utf8"));

test("the tables are the published ones", () => {
  assert.equal(vectors.plinko_multipliers.length, 27);
  for (const [rows, risk, pays] of vectors.plinko_multipliers) {
    assert.deepEqual(
      tableOf(rows, risk)?.map((each) => each / 100),
      pays,
      `${rows} ${risk}`,
    );
  }
});

test("each table returns exactly 99 %", () => {
  for (let rows = 8; rows <= 16; rows++) {
    for (const risk of RISKS) {
      let [ways, sum] = [1, 0];
      tableOf(rows, risk)?.forEach((multiplier, slot) => {
        sum += ways * multiplier;
        ways = (ways * (rows - slot)) / (slot + 1);
      });
      assert.equal(sum, 99 * 2 ** rows, `${rows} ${risk}`);
    }
  }
});

test("there are no other boards", () => {
  for (const rows of [7, 17, 8.5, "8", undefined]) assert.equal(tableOf(/** @type {any} */ (rows), "low"), null);
  for (const risk of ["extreme", "constructor", undefined]) assert.equal(tableOf(8, /** @type {any} */ (risk)), null);
});

/** @param {any} selection @param {{amount?: any, bets?: number, act?: boolean}} [change] */
function round(selection, { amount = 100, bets = 1, act = false } = {}) {
  const bet = { do: "bet", seat: 0, number: 1, amount, client_seed: "a", selection };
  const all = Array.from({ length: bets }, () => bet);
  const journal = all.map((each) => [0, each]);
  if (act) journal.push([1, /** @type {any} */ ({ do: "act", seat: 0, action: { action: "any" } })]);
  const draws = Array.from({ length: 16 }, (_, index) => (index % 2 ? 0.5 : 0.5 - 2 ** -32));
  return /** @type {any} */ ({ draws, bets: all, journal, options: {}, openedAt: 0 });
}

test("a round uses one draw per row", () => {
  const eight = play(round({ rows: 8, risk: "low" }));
  assert.deepEqual(eight.outcome, { path: [0, 1, 0, 1, 0, 1, 0, 1], slot: 4 });
  assert.deepEqual(eight.results, [{ result: "loss", payout: 50 }]);
  const fifteen = play(round({ rows: 15, risk: "high" }, { amount: 12_345 }));
  assert.deepEqual([fifteen.outcome.path.length, fifteen.outcome.slot, fifteen.results[0].payout], [15, 7, 2_469]);
});

test("an invalid journal is refused with a reason", () => {
  const good = { rows: 8, risk: "low" };
  assert.throws(() => play(round(good, { bets: 0 })), /one bet/);
  assert.throws(() => play(round(good, { bets: 2 })), /one bet/);
  assert.throws(() => play(round(good, { act: true })), /no moves/);
  for (const amount of [0, -5, 1.5, "100"]) assert.throws(() => play(round(good, { amount })), /stake/);
  for (const bad of [null, {}, { rows: 7, risk: "low" }, { rows: 8, risk: "none" }]) {
    assert.throws(() => play(round(bad)), /no board/);
  }
});

test("a ball falls past its pegs into its slot", () => {
  for (const path of [
    [0, 0, 0, 0, 0, 0, 0, 0],
    [1, 1, 1, 1, 1, 1, 1, 1, 1],
    [0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0],
  ]) {
    const rows = path.length;
    const slot = path.reduce((sum, step) => sum + step, 0);
    const beat = FALL_MS / (rows + 1);
    assert.deepEqual(ballAt(path, 0), { x: (rows + 1) / 2, y: -1 });
    const pegs = pegsOf(rows);
    let rights = 0;
    for (let row = 0; row < rows; row++) {
      const { x, y } = ballAt(path, beat * (row + 1) + 1e-6);
      const peg = pegs.find((each) => each.y === row && Math.abs(each.x - x) < 1e-3);
      assert.ok(peg && Math.abs(y - row) < 1e-3, `row ${row}: ${x}, ${y}`);
      assert.equal(pegs.filter((each) => each.y === row).indexOf(peg), rights);
      rights += path[row];
    }
    for (const late of [FALL_MS, FALL_MS + 1, 1e9]) {
      const end = ballAt(path, late);
      assert.ok(Math.abs(end.x - (slot + 0.5)) < 1e-9 && Math.abs(end.y - rows) < 1e-9);
    }
  }
});

test("a ball never jumps more than a slot and a row between frames", () => {
  const path = [0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0];
  let before = ballAt(path, 0);
  for (let elapsed = 16; elapsed <= FALL_MS; elapsed += 16) {
    const now = ballAt(path, elapsed);
    assert.ok(Math.abs(now.x - before.x) < 0.5 && Math.abs(now.y - before.y) < 0.5, String(elapsed));
    before = now;
  }
});

test("the pegs form a triangle, with the last row between the slots", () => {
  const pegs = pegsOf(8);
  assert.equal(pegs.length, 36);
  assert.deepEqual(pegs[0], { x: 4.5, y: 0 });
  assert.deepEqual(
    pegs.slice(-8).map(({ x }) => x),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
});

test("a hit peg glows and fades", () => {
  const path = [1, 0, 1, 0, 1, 0, 1, 0];
  const beat = FALL_MS / 9;
  assert.deepEqual(shining(path, beat - 1), []);
  assert.deepEqual(shining(path, beat), [{ x: 4.5, y: 0, strength: 1 }]);
  const [first, second] = shining(path, beat * 2 + 10);
  assert.ok(first.strength < second.strength && second.strength < 1);
  assert.deepEqual(shining(path, FALL_MS + 1_000), []);
});

test("the notation of multipliers and past rounds", () => {
  assert.deepEqual([37, 50, 100, 1950, 100_000].map(shown), ["0.37", "0.5", "1", "19.5", "1000"]);
  assert.deepEqual(resultText({ path: [0, 1, 1, 0, 1, 0, 0, 1], slot: 4 }), { text: "4/8", tone: "plain" });
});
