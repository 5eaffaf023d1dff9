/** Limbo shows before a bet exactly what the server pays after it, and replays journals. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import * as limbo from "../../server/client/faces/limbo/math.js";
import { play } from "../../server/client/faces/limbo/rules.js";
import { resultText } from "../../server/client/faces/limbo/tile.js";

/** @type {Record<string, any>} */
const vectors = JSON.parse(readFileSync(new URL("../../docs/vectors/rounds.json", import.meta.url), "utf8"));

/** @param {any} selection @param {{amount?: any, draw?: number, bets?: number, act?: boolean}} [change] */
function round(selection, { amount = 100, draw = 0.5, bets = 1, act = false } = {}) {
  const bet = { do: "bet", seat: 0, number: 1, amount, client_seed: "a", selection };
  const all = Array.from({ length: bets }, () => bet);
  const journal = all.map((each) => [0, each]);
  if (act) journal.push([1, /** @type {any} */ ({ do: "act", seat: 0, action: { action: "any" } })]);
  return /** @type {any} */ ({ draws: [draw], bets: all, journal, options: {}, openedAt: 0 });
}

test("the published draws give the published points", () => {
  assert.equal(vectors.draws.length, 13);
  for (const { floats, limbo: wanted } of vectors.draws) {
    assert.deepEqual(play({ ...round(null, { bets: 0 }), draws: floats }).outcome, wanted);
  }
});

test("points at the ends of the draw", () => {
  assert.equal(limbo.pointOf(0), 9_900_000_000);
  assert.equal(limbo.pointOf(0.5), 197);
  assert.equal(limbo.pointOf(0.98), 101);
  assert.equal(limbo.pointOf(0.981), 100);
  assert.equal(limbo.pointOf(1 - 2 ** -32), 100);
});

test("a target up to the point wins and pays exactly, whatever the stake", () => {
  assert.deepEqual(play(round({ target: 1.97 })), {
    outcome: { point: 1.97 },
    results: [{ result: "win", payout: 197 }],
  });
  assert.deepEqual(play(round({ target: 1.98 })).results, [{ result: "loss", payout: 0 }]);
});

test("an invalid journal is refused with a reason", () => {
  assert.throws(() => play(round({ target: 2 }, { bets: 2 })), /one bet/);
  assert.throws(() => play(round({ target: 2 }, { act: true })), /no moves/);
  for (const amount of [0, -5, 1.5, "100"]) assert.throws(() => play(round({ target: 2 }, { amount })), /stake/);
  for (const target of [1, 1.005, 1_000_000.01, "2", null, NaN]) assert.throws(() => play(round({ target })), /target/);
  assert.throws(() => play(round(null)), /target/);
});

test("targets in hundredths, and their bounds", () => {
  assert.equal(limbo.targetOf(1.01), 101);
  assert.equal(limbo.targetOf(2.3), 230);
  assert.equal(limbo.targetOf(1_000_000), 100_000_000);
  for (const none of [1, 1.015, 1_000_001, -2, Infinity]) assert.equal(limbo.targetOf(none), null);
  for (let target = 101; target < 30_000; target++) assert.equal(limbo.targetOf(target / 100), target);
});

test("the shown chance matches the draws, and its target is the highest with that chance", () => {
  assert.equal(limbo.percent(limbo.chanceOf(200)), "49.50");
  assert.equal(limbo.percent(limbo.chanceOf(101)), "98.02");
  assert.equal(limbo.percent(limbo.chanceOf(100_000_000)), "0.000099");
  assert.equal(limbo.targetForChance(0.495), 200);
  assert.equal(limbo.targetForChance(0), 100_000_000);
  assert.equal(limbo.targetForChance(1), 101);
  for (const target of [101, 150, 333, 9_999, 123_456]) {
    // Draws are multiples of 2^-32, so their count is within one of the chance.
    const below = (/** @type {number} */ draw) => limbo.pointOf(draw) >= target;
    const edge = limbo.chanceOf(target);
    assert.ok(below(edge - 1e-8) && !below(edge + 1e-9), String(target));
    assert.ok(limbo.chanceOf(limbo.targetForChance(edge)) >= edge - 1e-8);
  }
});

test("the line is uniform, and the slider finds every target that it shows", () => {
  assert.equal(limbo.placeOf(200), 0.505);
  for (let place = 0; place < 1000; place++) {
    const target = limbo.targetAt(place / 1000);
    assert.ok(target >= limbo.LEAST_TARGET && target <= limbo.MOST_TARGET);
    if (place >= 20) assert.ok(Math.abs(limbo.placeOf(target) - place / 1000) < 0.005, String(place));
  }
});

test("the arrow keys use the same steps up and down", () => {
  const up = [];
  for (let target = 101; target < limbo.MOST_TARGET; target = limbo.nextRung(target, true)) up.push(target);
  const down = [];
  for (let target = limbo.MOST_TARGET; target > 101; target = limbo.nextRung(target, false)) down.push(target);
  assert.deepEqual([...up.slice(1), limbo.MOST_TARGET], down.toReversed());
  assert.equal(limbo.nextRung(limbo.MOST_TARGET, true), limbo.MOST_TARGET);
  assert.equal(limbo.nextRung(101, false), 101);
  assert.equal(limbo.nextRung(220, true), 250);
});

test("the number climbs from 1.00 to the point and not beyond", () => {
  for (const point of [100, 101, 250, 9_900_000_000]) {
    const way = Array.from({ length: 101 }, (_, index) => limbo.climbing(point, index / 100));
    assert.equal(way[0], 100);
    assert.equal(way.at(-1), point);
    assert.deepEqual(
      way,
      way.toSorted((a, b) => a - b),
    );
  }
});

test("a past point on a chip", () => {
  assert.deepEqual(resultText({ point: 1.32 }), { text: "1.32×", tone: "plain" });
  assert.deepEqual(resultText({ point: 1414285.71 }), { text: "1,414,285.71×", tone: "good" });
});
