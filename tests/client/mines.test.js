/** Mines: the same board and cents as on the server, what the board shows, and invalid journals. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { signal } from "@preact/signals-core";
import { beside, boardOf, cellsOf, STEPS } from "../../server/client/faces/mines/board.js";
import { Choice } from "../../server/client/faces/mines/choice.js";
import { chanceOfNext, choose, minesOf, multiplierAfter } from "../../server/client/faces/mines/math.js";
import { draws, play } from "../../server/client/faces/mines/rules.js";
import { reduce, resultText } from "../../server/client/faces/mines/tile.js";
import { exactMultiplier } from "../../server/client/format.js";
import { applyFrame, fromSnapshot } from "../../server/client/reduce.js";
import { texts } from "../../server/client/texts.js";
import { snapshotOf } from "./fakes.js";

const wrong = texts.games.mines.proof;

const vectors = JSON.parse(readFileSync(new URL("../../docs/vectors/rounds.json", import.meta.url), "utf8"));

test("the mines of the published draws", () => {
  assert.ok(vectors.draws.length > 0);
  for (const { floats, mines } of vectors.draws) assert.deepEqual(minesOf(floats, floats.length), mines.mines);
});

test("the worth of a bet", () => {
  assert.equal(choose(25, 12), 5_200_300n);
  assert.deepEqual(
    [0, 1, 2, 5, 22].map((reveals) => multiplierAfter(3, reveals)),
    [10_000, 11_250, 12_857, 19_973, 22_770_000],
  );
  assert.equal(multiplierAfter(12, 13), 51_482_970_000);
  assert.equal(multiplierAfter(24, 1), 247_500);
  assert.equal(chanceOfNext(3, 2), 20 / 23);
  assert.deepEqual([1, 1.125, 1.0312, 5_148_297].map(exactMultiplier), ["1.00×", "1.125×", "1.0312×", "5,148,297.00×"]);
});

// ---- a journal, move by move ----

const DRAWS = Array.from({ length: draws }, () => 0);
const BET = { do: "bet", seat: 0, number: 1, amount: 1_000, client_seed: "a", selection: { mines: 3 } };
const CASHOUT = { do: "act", seat: 0, action: { action: "cashout" } };
const LEAVE = { do: "leave", seat: 0 };
const WAKE = { do: "wake" };
const reveal = (cell) => ({ do: "act", seat: 0, action: { action: "reveal", cell } });

/** With draws of zero, the first cells are mined. */
function outcomeOf(...commands) {
  const bets = commands.filter((command) => command.do === "bet");
  return play({ draws: DRAWS, bets, journal: commands.map((command) => [5, command]), options: {}, openedAt: 0 });
}

test("every way a round ends", () => {
  const mines = [0, 1, 2];
  const ends = [
    [[BET, reveal(3), reveal(24), CASHOUT], "cashout", 1_285],
    [[BET, reveal(3), LEAVE], "cashout", 1_125],
    [[WAKE, LEAVE, BET, WAKE, CASHOUT, LEAVE].slice(0, 5), "push", 1_000],
    [[BET, reveal(3), reveal(2)], "loss", 0],
    [[BET, ...Array.from({ length: 22 }, (_, index) => reveal(index + 3))], "cashout", 2_277_000],
  ];
  for (const [commands, result, payout] of ends) {
    assert.deepEqual(outcomeOf(...commands), { outcome: { mines }, results: [{ result, payout }] });
  }
});

test("an invalid journal is refused with a reason", () => {
  const cases = [
    [[], wrong.noBet],
    [[reveal(3), BET], wrong.early],
    [[BET], wrong.open],
    [[BET, reveal(3)], wrong.open],
    [[BET, BET, CASHOUT], wrong.secondBet],
    [[BET, reveal(3), reveal(3), CASHOUT], wrong.twice(3)],
    [[BET, reveal(25), CASHOUT], wrong.cell(25)],
    [[BET, reveal(-1), CASHOUT], wrong.cell(-1)],
    [[BET, reveal(1.5), CASHOUT], wrong.cell(1.5)],
    [[BET, reveal(0), reveal(4)], wrong.over],
    [[BET, CASHOUT, CASHOUT], wrong.over],
    [[BET, { do: "act", seat: 0, action: { action: "peek" } }], wrong.unknown("peek")],
    [[{ ...BET, selection: { mines: 25 } }, CASHOUT], wrong.mines(25)],
    [[{ ...BET, selection: null }, CASHOUT], wrong.mines(undefined)],
  ];
  for (const [commands, message] of cases) assert.throws(() => outcomeOf(...commands), { message });
});

// ---- what is shown ----

const room = (view) => fromSnapshot("mines-a", "e", 1, snapshotOf({ game: "mines", view }));
const LAID = { type: "laid", hidden: 2, next: 1.076 };
const OPENED = { type: "round_opened", round: "mines-a.2", server_seed_hash: "bb" };
const ended = { type: "round_ended", round: "mines-a.1", outcome: { mines: [7, 9] }, results: [] };

test("the board follows the events and stays visible until the next bet", () => {
  let state = applyFrame(room({ phase: "betting" }), 2, [LAID], reduce);
  assert.deepEqual(state.view, { phase: "running", hidden: 2, revealed: [], multiplier: 1, next: 1.076 });
  state = applyFrame(state, 3, [{ type: "revealed", cell: 4, multiplier: 1.076, next: 1.1739 }], reduce);
  assert.deepEqual(state.view, { phase: "running", hidden: 2, revealed: [4], multiplier: 1.076, next: 1.1739 });
  state = applyFrame(state, 4, [{ type: "exploded", cell: 7 }, ended, OPENED], reduce);
  assert.deepEqual(state.view, { phase: "betting", past: { revealed: [4], mines: [7, 9], hit: 7 } });
  assert.deepEqual(boardOf(state.view), state.view.past);
  assert.deepEqual(boardOf(applyFrame(state, 5, [LAID], reduce).view).revealed, []);
});

test("a board without a bet, or from a snapshot, leaves nothing to show", () => {
  assert.deepEqual(applyFrame(room({ phase: "settling" }), 2, [OPENED], reduce).view, { phase: "betting" });
  const middle = room({ phase: "running", hidden: 2, revealed: [1, 2], multiplier: 1.1, next: 1.2, actions: {} });
  assert.deepEqual(applyFrame(middle, 2, [ended], reduce).view.mines, [7, 9]);
  assert.equal(boardOf(middle.view).revealed.length, 2);
  assert.deepEqual(boardOf({ phase: "betting" }), {});
});

test("the states of cells", () => {
  const running = cellsOf({ revealed: [4] }, 5);
  assert.deepEqual(running.slice(3, 7), ["covered", "safe", "pending", "covered"]);
  const over = cellsOf({ revealed: [4], mines: [7, 9], hit: 7 }, null);
  assert.deepEqual(over.slice(4, 10), ["safe", "left", "left", "hit", "left", "mine"]);
  assert.equal(over.length, 25);
});

test("the keys move from cell to cell and stop at the edge", () => {
  const from = (cell) => Object.values(STEPS).map((step) => beside(cell, step));
  assert.deepEqual(from(12), [11, 13, 7, 17]);
  assert.deepEqual(from(0), [0, 1, 0, 5]);
  assert.deepEqual(from(24), [23, 24, 19, 24]);
});

test("a past round on a chip", () => {
  assert.deepEqual(resultText({ mines: [3] }), { text: "1 mine", tone: "plain" });
  assert.deepEqual(resultText({ mines: [3, 4] }), { text: "2 mines", tone: "plain" });
});

// ---- the player's choices ----

/** Our own board; tests answer its moves. */
function board() {
  const sent = /** @type {any[]} */ ([]);
  const view = signal(/** @type {any} */ ({ phase: "running", hidden: 2, revealed: [] }));
  const bets = [{ player: "ann", bet: "mines-a.1.1", amount: 100 }];
  const state = {
    game: "mines",
    round: { round: "mines-a.1" },
    closed: false,
    paused: null,
    limits: { min_stake: 1, max_stake: 100 },
  };
  const act = (/** @type {string} */ action, /** @type {any} */ more) =>
    new Promise((answer) => sent.push({ action, ...more, answer }));
  const told = { state: signal(state), view, act, wire: { connection: signal("online") } };
  const store = {
    ...told,
    you: signal({ player: "ann" }),
    round: signal(state.round),
    bets: signal(bets),
    last: signal(null),
  };
  return { choice: new Choice(/** @type {any} */ (store)), sent, view };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("one more cell can wait while a request is in flight", async () => {
  const { choice, sent, view } = board();
  void choice.reveal(4);
  void choice.reveal(5);
  assert.deepEqual(
    sent.map(({ cell }) => cell),
    [4],
  );
  view.value = { ...view.value, revealed: [4] };
  sent[0].answer({});
  await settled();
  assert.deepEqual(
    sent.map(({ cell }) => cell),
    [4, 5],
  );
});

test("a cash-out replaces a waiting cell", async () => {
  const { choice, sent, view } = board();
  void choice.reveal(4);
  void choice.reveal(5);
  void choice.cashOut();
  view.value = { ...view.value, revealed: [4] };
  sent[0].answer({});
  await settled();
  assert.deepEqual(
    sent.map(({ action, cell }) => [action, cell]),
    [
      ["reveal", 4],
      ["cashout", undefined],
    ],
  );
});
