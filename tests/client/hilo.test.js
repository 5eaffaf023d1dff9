/** Hi-Lo: the same cards and cents as on the server, what the table shows, and invalid journals. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { cardOf } from "../../server/client/faces/deck.js";
import { ENOUGH, isRight, multiplierAfter, rankOf, ranksThatWin } from "../../server/client/faces/hilo/math.js";
import { draws, play } from "../../server/client/faces/hilo/rules.js";
import { reduce, resultText } from "../../server/client/faces/hilo/tile.js";
import { applyFrame, fromSnapshot } from "../../server/client/reduce.js";
import { texts } from "../../server/client/texts.js";
import { snapshotOf } from "./fakes.js";

const wrong = texts.games.hilo.proof;

const vectors = JSON.parse(readFileSync(new URL("../../docs/vectors/rounds.json", import.meta.url), "utf8"));

test("the cards of the published draws", () => {
  assert.ok(vectors.draws.length > 0);
  for (const { floats, hilo } of vectors.draws) assert.deepEqual(floats.map(cardOf), hilo.cards);
  assert.deepEqual([0, 1 / 52, 4 / 52, 51 / 52].map(cardOf), ["D2", "H2", "D3", "CA"]);
});

test("ranks count from the ace, and the same rank wins either guess", () => {
  assert.deepEqual(["DA", "H2", "S9", "CT", "DJ", "HQ", "SK"].map(rankOf), [1, 2, 9, 10, 11, 12, 13]);
  assert.deepEqual(
    [1, 7, 13].map((rank) => [ranksThatWin(rank, true), ranksThatWin(rank, false)]),
    [
      [13, 1],
      [7, 7],
      [1, 13],
    ],
  );
  assert.ok(isRight("D7", "H7", true) && isRight("D7", "H7", false));
  assert.ok(isRight("D7", "HK", true) && !isRight("D7", "HK", false));
  assert.ok(isRight("D2", "HA", false) && !isRight("D2", "HA", true));
});

test("the worth of a bet is rounded down once", () => {
  assert.deepEqual(
    [[], [13], [11], [11, 9, 13], [1, 1, 1, 1]].map(multiplierAfter),
    [10_000, 9_900, 11_700, 16_900, 282_753_900],
  );
  // Rounding after each guess would give 3.3799.
  assert.equal(multiplierAfter([7, 7]), 34_144);
  assert.ok(multiplierAfter([1, 1, 1, 1]) > ENOUGH);
});

// ---- a journal, move by move ----

const BET = { do: "bet", seat: 0, number: 1, amount: 1_000, client_seed: "a", selection: {} };
const LEAVE = { do: "leave", seat: 0 };
const WAKE = { do: "wake" };
const act = (action) => ({ do: "act", seat: 0, action: { action } });
const [HIGHER, LOWER, SKIP, CASHOUT] = ["higher", "lower", "skip", "cashout"].map(act);

/** Draws for these cards, followed by twos. */
function drawsOf(...cards) {
  const all = Array.from({ length: 52 }, (_, place) => cardOf((place + 0.5) / 52));
  const places = cards.map((card) => (all.indexOf(card) + 0.5) / 52);
  return [...places, ...Array.from({ length: draws - places.length }, () => 0)];
}

function outcomeOf(cards, ...commands) {
  const bets = commands.filter((command) => command.do === "bet");
  return play({
    draws: drawsOf(...cards),
    bets,
    journal: commands.map((command) => [5, command]),
    options: {},
    openedAt: 0,
  });
}

test("every way a round ends", () => {
  const row = ["SJ", "HT", "H5", "CK", "H9"];
  const kings = ["DK", "HK", "SK", "CK", "DK"];
  const ends = [
    [row, [BET, LOWER, SKIP, HIGHER, CASHOUT], 4, "cashout", 1_690],
    [row, [BET, LOWER, LEAVE], 2, "cashout", 1_170],
    [row, [WAKE, LEAVE, BET, SKIP, WAKE, CASHOUT], 2, "push", 1_000],
    [row, [BET, LOWER, HIGHER], 3, "loss", 0],
    [kings, [BET, HIGHER, HIGHER, HIGHER, HIGHER], 5, "cashout", 28_275_390],
    [row, [BET, LOWER, ...Array.from({ length: 50 }, () => SKIP)], 52, "cashout", 1_170],
  ];
  for (const [cards, commands, dealt, result, payout] of ends) {
    const outcome = {
      cards: drawsOf(...cards)
        .slice(0, dealt)
        .map(cardOf),
    };
    assert.deepEqual(outcomeOf(cards, ...commands), { outcome, results: [{ result, payout }] });
  }
});

test("an invalid journal is refused with a reason", () => {
  const skips = Array.from({ length: 51 }, () => SKIP);
  const cases = [
    [[], wrong.noBet],
    [[HIGHER, BET], wrong.early],
    [[BET], wrong.open],
    [[BET, LOWER], wrong.open],
    [[BET, BET, CASHOUT], wrong.secondBet],
    [[BET, act("peek")], wrong.unknown("peek")],
    [[BET, HIGHER, LOWER], wrong.over],
    [[BET, CASHOUT, SKIP], wrong.over],
    [[BET, ...skips, CASHOUT], wrong.over],
  ];
  for (const [commands, message] of cases) assert.throws(() => outcomeOf(["SJ", "HT"], ...commands), { message });
});

// ---- what is shown ----

const room = (view) => fromSnapshot("hilo-a", "e", 1, snapshotOf({ game: "hilo", view }));
const FIRST = {
  type: "dealt",
  card: "SJ",
  after: "bet",
  multiplier: 1,
  higher: { ranks: 3, multiplier: 4.29 },
  lower: { ranks: 11, multiplier: 1.17 },
};
const WRONG = { type: "dealt", card: "CK", after: "lower", multiplier: 0, higher: null, lower: null };
const OPENED = { type: "round_opened", round: "hilo-a.2", server_seed_hash: "bb" };
const ENDED = { type: "round_ended", round: "hilo-a.1", outcome: { cards: ["SJ", "CK"] }, results: [] };

test("the row follows the events and stays visible until the next bet", () => {
  let state = applyFrame(room({ phase: "betting" }), 2, [FIRST], reduce);
  const first = { card: "SJ", after: "bet" };
  assert.deepEqual(state.view, {
    phase: "running",
    row: [first],
    multiplier: 1,
    higher: FIRST.higher,
    lower: FIRST.lower,
  });
  state = applyFrame(state, 3, [WRONG, ENDED, OPENED], reduce);
  assert.deepEqual(state.view, {
    phase: "betting",
    past: { row: [first, { card: "CK", after: "lower" }], multiplier: 0 },
  });
  assert.deepEqual(applyFrame(state, 4, [FIRST], reduce).view.row, [first]);
  assert.equal(applyFrame(state, 4, [{ type: "spectators", count: 1 }], reduce).view, state.view);
});

test("a round joined in the middle continues", () => {
  const middle = room({ phase: "running", row: [{ card: "D2", after: "bet" }], multiplier: 1, actions: {} });
  assert.equal(applyFrame(middle, 2, [{ ...WRONG, multiplier: 2 }], reduce).view.row.length, 2);
  assert.deepEqual(applyFrame(room({ phase: "settling" }), 2, [OPENED], reduce).view, { phase: "betting" });
});

test("a past round shows its last card", () => {
  assert.equal(resultText({ cards: ["SJ", "HT"] }).text, "♥\uFE0E10");
});
