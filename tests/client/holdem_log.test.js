/** A hand in words, from its events. */

import assert from "node:assert/strict";
import test from "node:test";
import { linesOf } from "../../server/client/faces/holdem/log.js";
import { lastMoveOf } from "../../server/client/faces/holdem/table.js";
import { reduce } from "../../server/client/faces/holdem/tile.js";

const move = (seat, player, street, name, amount = 0, to = amount, more = {}) => ({
  seat,
  player,
  street,
  move: name,
  amount,
  to,
  all_in: false,
  cards: [],
  ...more,
});
const moves = [
  move(1, "anna", "preflop", "small_blind", 50),
  move(2, "bert", "preflop", "big_blind", 100),
  move(1, "anna", "preflop", "raise", 550, 600),
  move(2, "bert", "preflop", "call", 500, 600),
  move(2, "bert", "flop", "check"),
  move(1, "anna", "flop", "bet", 900, 900, { all_in: true }),
  move(2, "bert", "flop", "fold"),
  move(1, "anna", "flop", "uncalled", 900, 0),
];
const board = ["SK", "HT", "D3"];

test("the log says who did what, street by street, and who won", () => {
  assert.deepEqual(linesOf({ moves, board, showdown: { won: [{ amount: 1_200, winners: [1] }] } }), [
    "anna posts the small blind of 0.50",
    "bert posts the big blind of 1",
    "anna raises to 6",
    "bert calls 5",
    "Flop: K♠ 10♥ 3♦",
    "bert checks",
    "anna bets 9 and is all-in",
    "bert folds",
    "anna takes back the uncalled 9",
    "anna wins 12",
  ]);
});

test("the rest of the board comes before the cards of an all-in", () => {
  const all = [...moves.slice(0, 4), move(1, "anna", "river", "show", 0, 0, { cards: ["SA", "HA"] })];
  const lines = linesOf({ moves: all, board: [...board, "C2", "D2"] });
  assert.deepEqual(lines.slice(4), ["Flop: K♠ 10♥ 3♦", "Turn: 2♣", "River: 2♦", "anna shows A♠ A♥"]);
});

test("the log is made of events, and keeps the hands before", () => {
  /** @type {any} */
  let view = { phase: "betting", moves: [] };
  const step = (/** @type {any} */ event) => (view = reduce(view, event, /** @type {any} */ ({ view })));
  for (const each of moves) step({ type: "moved", ...each });
  const seats = [{ seat: 1, last: null }];
  step({ type: "table", phase: "ended", board, seats });
  assert.equal(view.moves.length, moves.length, "a table event keeps the moves");
  step({ type: "round_ended", round: "holdem.7", outcome: { awards: [{ amount: 1_200, winners: [1] }] } });
  step({ type: "round_opened", round: "holdem.8" });
  assert.deepEqual(view.moves, []);
  assert.deepEqual([view.hands[0].round, linesOf(view.hands[0]).at(-1)], ["holdem.7", "anna wins 12"]);
});

test("a seat shows its move of the street before until somebody moves", () => {
  const seats = [1, 2].map((seat) => ({ seat, last: null }));
  const before = lastMoveOf({ phase: "flop", seats, moves: moves.slice(0, 4) }, 2);
  assert.deepEqual(before, { move: "call", amount: 500, to: 600, all_in: false, before: true });
  assert.equal(lastMoveOf({ phase: "flop", seats, moves: moves.slice(0, 5) }, 1), null);
  const now = { move: "check", amount: 0, to: 0, all_in: false };
  assert.equal(lastMoveOf({ phase: "flop", seats: [{ seat: 2, last: now }], moves: moves.slice(0, 5) }, 2), now);
});
