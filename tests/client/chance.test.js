/** The browser draws the same numbers as the server. */

import assert from "node:assert/strict";
import test from "node:test";
import * as crash from "../../server/client/faces/crash/rules.js";
import * as dice from "../../server/client/faces/dice/rules.js";
import { commitment, floats } from "../../server/client/proof/chance.js";

/** The outcome of a round without bets. @param {any} rules @param {number[]} draws */
const drawn = (rules, draws) => rules.play({ draws, bets: [], journal: [], options: {}, openedAt: 0 }).outcome;

test("the published example: server seed, client seed, nonce 1", async () => {
  const draws = await floats("server seed", "client seed", 1, 1);
  assert.deepEqual(drawn(dice, draws), { roll: 74.67 });
  assert.deepEqual(drawn(crash, draws), { point: 1.32 });
  assert.equal(Math.floor(draws[0] * 37), 27);
});

test("draws continue across blocks", async () => {
  const twenty = await floats("server seed", "client seed", 1, 20);
  assert.equal(twenty.length, 20);
  assert.deepEqual(twenty.slice(0, 8), await floats("server seed", "client seed", 1, 8));
  assert.ok(twenty.every((draw) => draw >= 0 && draw < 1));
});

test("a commitment is the SHA-256 of the seed's text", async () => {
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  assert.equal(await commitment(""), empty);
});

test("a client seed may be empty, as in a round without bets", async () => {
  assert.equal((await floats("a", "", 7, 1)).length, 1);
});
