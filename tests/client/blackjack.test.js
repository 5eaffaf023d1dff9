/** Replays of blackjack rounds: cards, hands, times, money, and invalid journals. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { isBlackjack, pointsOf, totalOf } from "../../server/client/faces/blackjack/cards.js";
import { draws as MOST_DRAWS, play } from "../../server/client/faces/blackjack/rules.js";
import { cardOf } from "../../server/client/faces/deck.js";
import { floats } from "../../server/client/proof/chance.js";
import { recompute, verdictOf, verifyRound } from "../../server/client/proof/verify.js";
import { texts } from "../../server/client/texts.js";

const rulesText = texts.games.blackjack.proof;

/** @type {Record<string, any>} */
const vectors = JSON.parse(readFileSync(new URL("../../docs/vectors/rounds.json", import.meta.url), "utf8"));
const ours = Object.entries(vectors.rounds).filter(([, proof]) => proof.game === "blackjack");

/** The checks of a proof that was sent now. @param {any} proof */
const verified = (proof) => verifyRound(proof, Date.now());

/** @param {string} name */
const round = (name) => structuredClone(vectors.rounds[`blackjack, ${name}`]);

test("card values", () => {
  assert.deepEqual([0, 1 / 52, 51 / 52, 35 / 52].map(cardOf), ["D2", "H2", "CA", "CT"]);
  assert.deepEqual(["DA", "H2", "S9", "CT", "DJ", "HQ", "SK"].map(pointsOf), [1, 2, 9, 10, 10, 10, 10]);
  assert.deepEqual(
    [["DA", "H6"], ["DA", "H6", "CT"], ["DA", "HA"], ["DT", "HT", "C2"], []].map(totalOf),
    [17, 17, 12, 22, 0],
  );
  assert.equal(isBlackjack(["DK", "SA"]), true);
  assert.equal(isBlackjack(["D7", "S7", "H7"]), false);
});

test("the published rounds are replayed exactly", async () => {
  assert.ok(ours.length >= 13);
  for (const [name, proof] of ours) {
    const checks = await verified(proof);
    assert.deepEqual(
      checks.filter((check) => !check.ok),
      [],
      name,
    );
    assert.equal(verdictOf(checks), true, name);
  }
});

test("a blackjack of an odd stake is paid to the cent", async () => {
  const found = await recompute(round("a blackjack, half a cent rounded down"));
  assert.deepEqual(found?.results, [{ result: "blackjack", payout: 832, amount: 333 }]);
  assert.deepEqual(found?.outcome, { cards: ["CJ", "DA", "D7", "DQ"], dealer_cards: ["D7", "DQ"] });
});

test("late wakes change nothing", async () => {
  const [onTime, late] = [round("a full table"), round("a full table, every wake late")];
  assert.notDeepEqual(onTime.journal, late.journal);
  const [one, other] = [await recompute(onTime), await recompute(late)];
  assert.deepEqual([one?.outcome, one?.results], [other?.outcome, other?.results]);
});

test("the largest stakes stay exact", async () => {
  const proof = round("tens split into four hands");
  const amount = 1_000_000_000_001;
  proof.journal[0][1].amount = amount;
  const found = await recompute(proof);
  assert.deepEqual(found?.results, [{ result: "win", payout: 7 * amount, amount: 4 * amount }]);
});

/** @param {any} proof @param {(command: any) => boolean} which */
const entry = (proof, which) => proof.journal.find(([, command]) => which(command));
/** @param {string} name */
const doing = (name) => (/** @type {any} */ command) => command.do === "act" && command.action.action === name;

/** @type {[string, string, (proof: any) => void, string][]} */
const broken = [
  ["a move too many", "doubled and won", ({ journal }) => journal.push(journal.at(-1)), rulesText.over],
  ["a move too few", "doubled and won", ({ journal }) => journal.pop(), rulesText.open],
  ["no bet", "doubled and won", ({ journal }) => journal.splice(0, 3), rulesText.open],
  ["times that go back", "doubled and won", ({ journal }) => (journal[2][0] = journal[1][0] - 1), rulesText.order],
  [
    "a move before the deal",
    "doubled and won",
    ({ journal }) => journal.splice(1, 1, [journal[0][0] + 1, journal[2][1]]),
    rulesText.move("double", 0),
  ],
  [
    "a move that does not exist",
    "doubled and won",
    (proof) => (entry(proof, doing("double"))[1].action.action = "surrender"),
    rulesText.move("surrender", 0),
  ],
  [
    "a split of unequal cards",
    "doubled and won",
    (proof) => (entry(proof, doing("double"))[1].action.action = "split"),
    rulesText.move("split", 0),
  ],
  [
    "a double of three cards",
    "split hands doubled and split again",
    (proof) =>
      proof.journal.splice(-1, 0, [proof.journal.at(-1)[0], { do: "act", seat: 0, action: { action: "double" } }]),
    rulesText.move("double", 0),
  ],
  [
    "a fifth hand",
    "tens split into four hands",
    (proof) => (proof.journal[5][1].action.action = "split"),
    rulesText.move("split", 0),
  ],
  [
    "a move for a hand whose turn it is not",
    "a full table",
    (proof) => (entry(proof, doing("hit"))[1].action.hand = 1),
    rulesText.move("hit", 0),
  ],
  [
    "a move out of turn",
    "a full table",
    (proof) => (entry(proof, doing("double"))[1].seat = 4),
    rulesText.move("double", 4),
  ],
  [
    "a move after the turn's time",
    "doubled and won",
    ({ journal }) => (journal[2][0] += 60_000),
    rulesText.move("double", 0),
  ],
  [
    "insurance against no ace",
    "doubled and won",
    (proof) => (entry(proof, doing("double"))[1].action.action = "insure"),
    rulesText.move("insure", 0),
  ],
  [
    "insurance that was declined before",
    "a full table",
    ({ journal }) => (journal[10][1] = { do: "act", seat: 0, action: { action: "insure" } }),
    rulesText.move("insure", 0),
  ],
  [
    "a bet after the deal",
    "doubled and won",
    ({ journal }) => journal.splice(2, 0, [journal[1][0], { ...journal[0][1], seat: 1, number: 2 }]),
    rulesText.lateBet(2),
  ],
  [
    "a bet at the close of bets",
    "a full table",
    ({ journal }) => (journal[6][0] = journal[7][0]),
    rulesText.lateBet(7),
  ],
  ["two bets of a seat", "a full table", ({ journal }) => (journal[1][1].seat = 3), rulesText.secondBet(3)],
  ["a stake of half a cent", "doubled and won", ({ journal }) => (journal[0][1].amount = 0.5), rulesText.noStake(1)],
];

for (const [what, name, change, why] of broken) {
  test(`${what} is found`, async () => {
    const proof = round(name);
    change(proof);
    await assert.rejects(recompute(proof), { message: why });
  });
}

test("a bet without any moves is dealt and paid, whatever the seeds", async () => {
  // The simplest journal: one bet, and a wake after everything is over.
  for (let number = 0; number < 300; number += 1) {
    const bet = /** @type {const} */ ({ do: "bet", seat: 2, number: 1, amount: 2, client_seed: "a", selection: {} });
    const stream = await floats(`seed ${number}`, "a", 1, MOST_DRAWS);
    const journal = /** @type {any[]} */ ([
      [0, bet],
      [100_000, { do: "wake" }],
    ]);
    const { outcome, results } = play({ draws: stream, bets: [bet], journal, options: {}, openedAt: 0 });
    assert.deepEqual(outcome.cards, stream.slice(0, outcome.cards.length).map(cardOf));
    assert.deepEqual(outcome.dealer_cards, outcome.cards.slice(2));
    const [{ payout, amount }] = results;
    assert.ok([0, 2, 4, 5].includes(payout) && amount === 2, `${payout}`);
  }
});
