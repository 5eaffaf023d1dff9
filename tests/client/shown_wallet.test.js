/** The shown wallet keeps out what a round paid until its result is revealed, and is never above the truth. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { signal } from "@preact/signals-core";
import { ShownWallet } from "../../server/client/shown_wallet.js";

test.beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
test.afterEach(() => mock.timers.reset());

/** A wallet after the bet of 10 chips in round 1. */
function staked() {
  const truth = signal(/** @type {any} */ (null));
  const shown = new ShownWallet(truth, 1_500);
  let live = true;
  shown.expect(() => live);
  truth.value = wallet(100_000, 0, 1);
  truth.value = wallet(100_000, 1_000, 1);
  return { truth, shown, over: () => (live = false) };
}

const wallet = (/** @type {number} */ balance, /** @type {number} */ held, /** @type {number} */ version) => ({
  balance,
  held,
  version,
});
const AFTER_BET = wallet(100_000, 1_000, 1);
const WON = wallet(100_500, 0, 2);

test("without a live bet, every report shows at once", () => {
  const { truth, shown, over } = staked();
  over();
  truth.value = WON;
  assert.deepEqual(shown.value, WON);
  truth.value = null;
  assert.equal(shown.value, null);
});

test("a settlement waits for the reveal, whether it comes before the end of the round or after it", () => {
  for (const order of ["wallet first", "round first"]) {
    const { truth, shown } = staked();
    if (order === "round first") shown.hold("dice.1");
    truth.value = WON;
    if (order === "wallet first") shown.hold("dice.1");
    assert.deepEqual(shown.value, AFTER_BET, order);
    mock.timers.tick(5_000);
    assert.deepEqual(shown.value, AFTER_BET, order);
    shown.release("dice.1");
    assert.deepEqual(shown.value, WON, order);
  }
});

test("a round that needs no reveal shows its settlement at once, and a later one shows when it comes", () => {
  const { truth, shown, over } = staked();
  truth.value = WON;
  shown.release("dice.1");
  assert.deepEqual(shown.value, WON);
  over();
  truth.value = wallet(100_600, 0, 3);
  assert.equal(shown.value?.balance, 100_600);
});

test("a report that belongs to no round of ours shows after a moment", () => {
  const { truth, shown } = staked();
  truth.value = wallet(150_000, 1_000, 2); // a bonus
  assert.deepEqual(shown.value, AFTER_BET);
  mock.timers.tick(1_500);
  assert.equal(shown.value?.balance, 150_000);
});

test("a new stake is taken off at once, also from a wallet that lacks a settlement", () => {
  const { truth, shown } = staked();
  truth.value = WON;
  shown.hold("plinko.1");
  truth.value = wallet(100_500, 2_000, 2);
  assert.deepEqual(shown.value, wallet(100_000, 3_000, 1));
  shown.release("plinko.1");
  assert.deepEqual(shown.value, wallet(100_500, 2_000, 2));
});

test("two settlements show one after the other", () => {
  const { truth, shown } = staked();
  truth.value = WON;
  shown.hold("plinko.1");
  truth.value = wallet(100_500, 1_000, 2);
  truth.value = wallet(99_500, 0, 3);
  shown.hold("plinko.2");
  shown.release("plinko.1");
  assert.deepEqual(shown.value, wallet(100_500, 1_000, 2));
  shown.release("plinko.2");
  assert.deepEqual(shown.value, wallet(99_500, 0, 3));
});

test("signing out forgets what was kept out", () => {
  const { truth, shown } = staked();
  truth.value = WON;
  shown.hold("dice.1");
  truth.value = null;
  truth.value = wallet(7, 0, 9);
  assert.deepEqual(shown.value, wallet(7, 0, 9));
});
