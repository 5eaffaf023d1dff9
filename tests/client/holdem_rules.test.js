/** Replays of hold'em: hands, random rounds, and invalid journals. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { bestOf, deckOf, handValue, kindOf } from "../../server/client/faces/holdem/ranks.js";
import { giveBackUncalled, potsOf, split, takeRake } from "../../server/client/faces/holdem/rules_betting.js";
import { recompute } from "../../server/client/proof/verify.js";
import { texts } from "../../server/client/texts.js";

const rulesText = texts.games.holdem.proof;

/** @param {string} file */
const read = (file) => JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
const { hands, rounds } = read("holdem_hands.json");
const vectors = read("../../docs/vectors/rounds.json").rounds;
const hand = () => structuredClone(vectors["holdem, shown down, one throws the hand away"]);

test("hands have the same values and names as on the server", () => {
  let before = { rank: 0, value: Infinity };
  for (const [cards, rank, kind, best] of hands) {
    const found = bestOf(cards);
    assert.deepEqual(found.best, best);
    assert.equal(handValue(best), found.value);
    assert.equal(kindOf(found.value), kind);
    assert.equal(Math.sign(before.value - found.value), Math.sign(rank - before.rank), cards.join());
    before = { rank, value: found.value };
  }
  assert.equal(new Set(hands.map((/** @type {any[]} */ each) => each[2])).size, 10, "every kind of hand is there");
});

test("rounds are replayed to the cent", async () => {
  assert.equal(rounds.length, 120);
  for (const proof of rounds) {
    const found = await recompute(proof);
    assert.ok(found);
    assert.deepEqual(found.outcome, proof.outcome, proof.round);
    const results = proof.bets.map(({ result, payout }) => ({ result, payout }));
    assert.deepEqual(found.results, results, proof.round);
  }
});

test("the sample rounds cover every situation", () => {
  const shown = rounds.map((/** @type {any} */ proof) => proof.outcome);
  const seen = (/** @type {(outcome: any) => boolean} */ what) => assert.ok(shown.some(what), String(what));
  seen((outcome) => outcome.deck.length === 0);
  seen((outcome) => outcome.deck.length === 52 && outcome.community.length === 0);
  seen((outcome) => outcome.awards.length > 2);
  seen((outcome) => outcome.awards.some((/** @type {any} */ award) => award.winners.length > 1));
  seen((outcome) => outcome.rake > 5);
  seen((outcome) => outcome.shown.length > 2);
  for (const cards of [1, 2])
    seen((outcome) => outcome.revealed?.some((/** @type {any} */ each) => each.cards.length === cards));
  seen((outcome) => outcome.revealed?.length === 0);
});

test("draws of zero leave the deck in order", () => {
  const deck = deckOf(Array(52).fill(0));
  assert.deepEqual([deck.slice(0, 5), deck.at(-1)], [["D2", "H2", "S2", "C2", "D3"], "CA"]);
});

test("pots, rake and shares", () => {
  const player = (/** @type {number} */ seat, /** @type {number} */ total, folded = false) => ({
    seat,
    total,
    folded,
    stack: 0,
    staked: total,
    dead: 0,
    answered: null,
  });
  const players = [player(1, 50), player(2, 200, true), player(3, 900), player(4, 300)];
  giveBackUncalled({ players, bet: 900, raiseBy: 700, turn: null, aggressor: null });
  assert.deepEqual([players[2].stack, players[2].total], [600, 300]);
  const pots = potsOf(players);
  assert.deepEqual(pots, [
    { amount: 200, seats: [1, 3, 4] },
    { amount: 650, seats: [3, 4] },
  ]);
  assert.equal(takeRake(pots, 500, 30), 30);
  assert.deepEqual(
    pots.map((pot) => pot.amount),
    [190, 630],
  );
  assert.deepEqual(split(100, [1, 1, 1]), [33, 33, 34]);
  assert.deepEqual(split(9_007_199_254_740_991, [3, 1]), [6_755_399_441_055_743, 2_251_799_813_685_248]);
});

/** Eleven times in a row. @param {any[]} journal @param {number} seat */
const comingAndGoing = (journal, seat) =>
  Array.from({ length: 22 }, (_, at) => {
    const action = { action: at % 2 ? "sit_in" : "sit_out" };
    return [journal[1][0], { do: "act", seat, action }];
  });

/** @type {[string, string, (journal: any[]) => any][]} */
const changes = [
  ["a move out of turn", rulesText.notItsTurn(4), (journal) => (journal[4][1].seat = 4)],
  ["a move of a seat without a stack", rulesText.noStack(7), (journal) => (journal[4][1].seat = 7)],
  ["a move before the deal", rulesText.noHand(1), (journal) => journal.splice(3, 2, [journal[2][0], journal[4][1]])],
  [
    "a check where there is a bet",
    rulesText.move(1, "check"),
    (journal) => (journal[4][1].action = { action: "check" }),
  ],
  ["a call where there is no bet", rulesText.move(4, "call"), (journal) => (journal[9][1].action = { action: "call" })],
  ["a raise that is too small", rulesText.move(6, "raise"), (journal) => (journal[6][1].action.amount = 199)],
  ["a raise of more than the stack", rulesText.move(6, "raise"), (journal) => (journal[6][1].action.amount = 5_001)],
  ["an unknown move", rulesText.move(1, "pass"), (journal) => (journal[4][1].action = { action: "pass" })],
  ["coming back without having gone", rulesText.sits(1), (journal) => (journal[4][1].action = { action: "sit_in" })],
  ["coming and going without end", rulesText.sits(4), (journal) => journal.splice(2, 0, ...comingAndGoing(journal, 4))],
  ["chips in a hand", rulesText.closed, (journal) => journal.splice(4, 0, [journal[3][0], journal[2][1]])],
  ["chips as the hand is dealt", rulesText.tooLate, (journal) => (journal[2][0] = journal[3][0])],
  ["too few chips", rulesText.amount(4, 3_999), (journal) => (journal[0][1].amount = 3_999)],
  ["too many chips", rulesText.amount(4, 10_001), (journal) => (journal[0][1].amount = 10_001)],
  ["a top-up above the most", rulesText.amount(4, 8_000), (journal) => (journal[1][1].seat = 4)],
  ["time that runs backwards", rulesText.time, (journal) => (journal[1][0] = journal[0][0] - 1)],
  ["a missing end", rulesText.open, (journal) => journal.pop()],
  ["more than the end", rulesText.over, (journal) => journal.push([journal.at(-1)[0], { do: "wake" }])],
  ["a move after the time was up", rulesText.notItsTurn(1), (journal) => (journal[4][0] += 49_020)],
];

test("a round from before players could show is replayed without a showdown", async () => {
  const proof = structuredClone(vectors["holdem, folded on the flop, nothing shown"]);
  const found = await recompute(proof);
  delete proof.options.show_ms;
  delete proof.options.waited_ms;
  assert.deepEqual(await recompute(proof), found);
});

test("only who need not show can show or muck, and once", async () => {
  const proof = structuredClone(vectors["holdem, shown down, a beaten hand shown"]);
  const last = proof.journal.at(-1);
  last[1] = { ...last[1], seat: 6 };
  await assert.rejects(recompute(proof), { message: rulesText.move(6, "show") });
  proof.journal.splice(-1, 1, [last[0], { do: "act", seat: 1, action: { action: "muck" } }], last);
  await assert.rejects(recompute(proof), { message: rulesText.over });
});

for (const [what, why, change] of changes) {
  test(`${what} is against the rules`, async () => {
    const proof = hand();
    change(proof.journal);
    await assert.rejects(recompute(proof), { message: why });
  });
}
