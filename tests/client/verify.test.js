/** Verification in the browser: the published vectors pass, and every change is detected. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { hundredthsAt } from "../../server/client/faces/crash/math.js";
import * as crash from "../../server/client/faces/crash/rules.js";
import { hundredths, multiplierOf, winningNumbers } from "../../server/client/faces/dice/math.js";
import * as dice from "../../server/client/faces/dice/rules.js";
import { commitment, floats } from "../../server/client/proof/chance.js";
import { canonicalJson, digested, isSecretFor, verdictOf, verifyRound } from "../../server/client/proof/verify.js";

/** @type {Record<string, any>} */
const vectors = JSON.parse(readFileSync(new URL("../../docs/vectors/rounds.json", import.meta.url), "utf8"));
const rounds = () => /** @type {any[]} */ (structuredClone(Object.values(vectors.rounds)));
/** The proof with a correct digest. @param {any} proof */
async function signed(proof) {
  return { ...proof, digest: await commitment(canonicalJson(digested(proof))) };
}
const settledWithBets = () => rounds().filter((proof) => proof.bets.length > 0);

/** The checks of a proof that was sent now. @param {any} proof */
const verified = (proof) => verifyRound(proof, Date.now());

test("draws", async () => {
  for (const vector of vectors.draws) {
    const { server_seed, client_seed, nonce } = vector;
    assert.equal(await commitment(server_seed), vector.server_seed_hash);
    const draws = await floats(server_seed, client_seed, nonce, vector.floats.length);
    assert.deepEqual(draws, vector.floats);
    const round = { draws, bets: [], journal: [], options: {}, openedAt: 0 };
    assert.deepEqual(dice.play(round).outcome, vector.dice);
    assert.deepEqual(crash.play(round).outcome, vector.crash);
  }
});

test("dice multipliers and the crash curve", () => {
  for (const [target, over, multiplier] of vectors.dice_multipliers) {
    assert.equal(multiplierOf(winningNumbers(hundredths(target), over)) / 10_000, multiplier);
  }
  for (const [elapsed, multiplier] of vectors.crash_curve)
    assert.equal(hundredthsAt(elapsed) / 100, multiplier, elapsed);
});

test("an unknown game does not fail the round, whatever its name", async () => {
  for (const game of ["bingo", "constructor", "toString"]) {
    const checks = await verified(await signed({ ...settledWithBets()[0], game }));
    assert.deepEqual(
      checks.filter((check) => !check.ok).map(({ name, ok }) => [name, ok]),
      [
        ["outcome", null],
        ["results", null],
      ],
      game,
    );
  }
});

test("recomputed values are shown in familiar figures", async () => {
  const detail = async (/** @type {string} */ game) => {
    const proof = settledWithBets().find((each) => each.game === game);
    return (await verified(proof)).find((check) => check.name === "outcome")?.detail ?? "";
  };
  assert.match(await detail("roulette"), /^pocket \d+$/);
  assert.match(await detail("holdem"), /rake \d+$/);
  assert.match(await detail("dice"), /^roll \d+(\.\d\d)?$/);
});

test("valid rounds pass", async () => {
  assert.ok(rounds().length > 0);
  for (const proof of rounds()) {
    const checks = await verified(proof);
    assert.deepEqual(
      checks.filter((check) => !check.ok),
      [],
      proof.round,
    );
    assert.equal(verdictOf(checks), true);
  }
});

/** @type {[string, string, (proof: any) => void][]} */
const changes = [
  ["commitment", "another server seed", (proof) => (proof.server_seed = "f".repeat(64))],
  ["client_seed", "another client seed", (proof) => (proof.client_seed += "x")],
  ["nonce", "another nonce", (proof) => (proof.nonce += 1)],
  ["outcome", "another outcome", (proof) => (proof.outcome = { point: 77.77, roll: 77.77 })],
  ["results", "another stake", (proof) => (proof.bets[0].amount += 1)],
  ["record", "another choice", (proof) => (proof.bets[0].selection = { other: 1 })],
  ["results", "a payout of one cent more", (proof) => (proof.bets[0].payout += 1)],
  ["results", "another result", (proof) => (proof.bets[0].result = "refund")],
  ["ledger", "a debit too many", (proof) => proof.bets[0].transactions.push(proof.bets[0].transactions[0])],
  ["ledger", "no debit", (proof) => (proof.bets[0].transactions = [])],
];

for (const [name, what, change] of changes) {
  test(`${what} is found`, async () => {
    for (const proof of settledWithBets()) {
      change(proof);
      const checks = await verified(await signed(proof));
      assert.equal(checks.find((check) => check.name === name)?.ok, false, proof.round);
      assert.equal(verdictOf(checks), false);
    }
  });
}

test("missing bets of deleted accounts are reported and do not fail the round", async () => {
  for (const proof of settledWithBets()) {
    proof.bets.shift();
    const checks = await verified(await signed(proof));
    assert.equal(verdictOf(checks), true);
    assert.match(checks.find((check) => check.name === "record")?.detail ?? "", /deleted/);
  }
});

test("an unknown game is checked as far as possible", async () => {
  const [proof] = settledWithBets();
  const checks = await verified(await signed({ ...proof, game: "whist" }));
  assert.equal(verdictOf(checks), null);
  assert.equal(checks.find((check) => check.name === "commitment")?.ok, true);
});

/** A hand before its server seed is published. */
function secretHand() {
  const hand = structuredClone(vectors.rounds["holdem, shown down, one throws the hand away"]);
  const { deck, ...shown } = hand.outcome;
  const at = new Date(Date.now() + 60_000).toISOString();
  return { ...hand, server_seed: null, outcome: shown, published_later: { ...hand.published_later, at } };
}

test("a hand without its seed is checked as far as possible until the seed must be there", async () => {
  const hand = await signed(secretHand());
  const checks = await verified(hand);
  const made = Object.fromEntries(checks.map(({ name, ok }) => [name, ok]));
  const later = { commitment: null, outcome: null, results: null };
  assert.deepEqual(made, { ...later, client_seed: true, nonce: true, record: true, ledger: true, digest: true });
  assert.equal(verdictOf(checks), null);
  const at = Date.parse(hand.published_later.at);
  assert.deepEqual([isSecretFor(hand, at - 1), isSecretFor(hand, at)], [true, false]);
  assert.equal(isSecretFor({ ...hand, published_later: null }), false);
  const overdue = await signed({ ...hand, published_later: { ...hand.published_later, at: "2026-01-01T00:00:00Z" } });
  assert.equal(verdictOf(await verified(overdue)), false);
});

test("the digest of a hand is the same before and after its seed is published", async () => {
  const hand = vectors.rounds["holdem, shown down, one throws the hand away"];
  const { deck, ...shown } = hand.outcome;
  assert.equal((await signed({ ...hand, server_seed: null, outcome: shown })).digest, hand.digest);
  const members = [...hand.published_later.members, "bets"];
  const looser = await signed({ ...hand, published_later: { ...hand.published_later, members } });
  assert.equal((await verified(looser)).find((check) => check.name === "digest")?.ok, false);
});

test("an open or void round has nothing to check", async () => {
  const [proof] = settledWithBets();
  assert.deepEqual(await verified({ ...proof, status: "open", server_seed: null }), []);
  assert.equal(verdictOf([]), null);
});

test("a change of any byte makes the round fail", async () => {
  let seed = 1;
  const random = (/** @type {number} */ below) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  for (const proof of rounds()) {
    const text = JSON.stringify(proof);
    for (let n = 0; n < 20; n++) {
      const place = random(text.length);
      const other = String.fromCharCode(32 + random(95));
      if (other === text[place]) continue;
      let changed;
      try {
        changed = JSON.parse(text.slice(0, place) + other + text.slice(place + 1));
      } catch {
        continue;
      }
      const checks = await verified(changed).catch(() => [{ ok: false }]);
      assert.notEqual(verdictOf(/** @type {any} */ (checks)), true, `${proof.round}: ${place} ${other}`);
    }
  }
});
