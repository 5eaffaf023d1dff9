/** What the plain face makes of values whose types it does not know. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf, isValid, valuesOf } from "../../server/client/faces/plain/schema.js";
import { isMoney, keepTitle, plainTile, resultOf, said } from "../../server/client/faces/plain/tile.js";
import { areCards, areRows, clocksOf, columnsOf, factsOf, turnOf } from "../../server/client/faces/plain/view.js";

const NOW = 1_796_147_148_815;

test("amounts are recognised by their names and shown in chips", () => {
  for (const name of ["amount", "pot", "stack", "to_call", "max_buy_in", "small_blind", "paid"])
    assert.ok(isMoney(name), name);
  for (const name of ["bet", "seat", "cards", "points", "spot", "despot", "caption", "rank", "called"])
    assert.ok(!isMoney(name), name);
  assert.deepEqual([said("pot", 700), said("points", 700), said("multiplier", 1.5)], ["7", "700", "1.50×"]);
});

test("values in words", () => {
  assert.equal(said("cards", ["SA", "HT", null]), "♠A, ♥10, –");
  assert.equal(said("", { horse: 1, fast: true, gone: null, names: [] }), "Horse 1, Fast yes");
  assert.equal(said("player", { seat: 2, player: "ann", paid: 150 }), "Player ann, Paid 1.50");
});

test("a result in a few characters is the first fact that says something", () => {
  assert.equal(resultOf({ cards: [], winner: 2 }), "Winner 2");
  assert.equal(resultOf({ point: null, drawn: [1, 2, 3, 4, 5, 6] }), "1, 2, 3, 4 …");
  assert.equal(resultOf({ side: "heads" }), "heads");
  assert.equal(resultOf({ payout: 250 }), "2.50");
  assert.deepEqual([resultOf({ hit: true }), resultOf({ hit: false }), resultOf({})], ["Hit", "Not hit", "–"]);
});

test("cards, tables and clocks are recognised by their form", () => {
  assert.ok(areCards("drawn", ["SA", null]) && areCards("hand", [null]) && areCards("hole", ["D2"]));
  assert.ok(
    !areCards("drawn", [null]) && !areCards("hand", []) && !areCards("hand", ["SA", "x"]) && !areCards("x", ["S1"]),
  );
  assert.ok(areRows([{ a: 1 }]) && !areRows([]) && !areRows([1]));
  const view = { closes_at: NOW + 5_000, started_at: NOW - 1, until: NOW + 1, look_at: 3, starts_at: null };
  assert.deepEqual(
    clocksOf(view, NOW).map(({ name }) => name),
    ["closes_at", "until"],
  );
});

test("whose turn it is", () => {
  const players = [{ player: "ann", seat: 1 }];
  assert.deepEqual(turnOf({ turn: 1 }, players), { seat: 1, player: "ann", endsAt: null });
  assert.deepEqual(turnOf({ turn: { seat: 0, player: "bob", ends_at: NOW } }, players), {
    seat: 0,
    player: "bob",
    endsAt: NOW,
  });
  for (const turn of [null, undefined, "ann", {}]) assert.equal(turnOf({ turn }, players), null);
});

test("cards come first and tables last; what is shown apart or empty is left out", () => {
  const view = {
    phase: "playing",
    players: [{ seat: 1, player: "ann", paid: 1 }],
    pot: 3,
    ends_at: NOW,
    turn: 1,
    actions: {},
    board: [],
    hand: ["SA"],
  };
  assert.deepEqual(
    factsOf(view).map(([name]) => name),
    ["hand", "pot", "players"],
  );
  assert.deepEqual(columnsOf([{ seat: 1, paid: 1, player: "ann" }, { seat: 2 }]), ["player", "paid", "seat"]);
});

test("amounts are typed in chips and sent in cents, within their bounds", () => {
  const [amount, note] = fieldsOf({
    type: "object",
    properties: {
      amount: { type: "integer", minimum: 100, maximum: 400 },
      cell: { anyOf: [{ type: "integer", minimum: 0, maximum: 24 }, { type: "null" }], default: null },
    },
    required: ["amount"],
  });
  assert.equal(amount.money, true);
  assert.deepEqual(valuesOf([amount], {}), { amount: 100 });
  assert.deepEqual(valuesOf([amount], { amount: "2,50" }), { amount: 250 });
  assert.deepEqual(
    ["0.99", "1", "4", "4.01", "", "x"].map((typed) => isValid(amount, typed)),
    [false, true, true, false, false, false],
  );
  assert.deepEqual(
    ["", "24", "25", "1.5"].map((typed) => isValid(note, typed)),
    [true, true, false, false],
  );
});

test("a game is called as the server calls it, once that is known", () => {
  const tile = plainTile("horserace");
  assert.equal(tile.title, "Horserace");
  keepTitle("horserace", "Horse race");
  assert.equal(tile.title, "Horse race");
});
