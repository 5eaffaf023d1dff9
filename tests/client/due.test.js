/** What a player has to do now: a decision, or a bet before betting closes. */

import assert from "node:assert/strict";
import test from "node:test";
import { due as blackjack } from "../../server/client/faces/blackjack/face.js";
import { called } from "../../server/client/faces/coinduel/face.js";
import { due as holdem } from "../../server/client/faces/holdem/face.js";
import { dueIn } from "../../server/client/room/due.js";

const NOW = 1_000_000_000_000;
const roomWith = (/** @type {object} */ view, more = {}) =>
  /** @type {any} */ ({
    view,
    you: { player: "ann", seat: 2 },
    round: { round: "roulette.5" },
    bets: [],
    players: [],
    paused: null,
    closed: false,
    ...more,
  });

test("our turn is due, and another player's is not", () => {
  assert.equal(dueIn({}, roomWith({ turn: { seat: 2 } }), NOW, false)?.words, "Your turn");
  assert.equal(dueIn({}, roomWith({ turn: 2 }), NOW, false)?.kind, "turn");
  assert.equal(dueIn({}, roomWith({ turn: { seat: 1 } }), NOW, true), null);
  assert.equal(dueIn({}, roomWith({ turn: { seat: 2 } }, { you: null }), NOW, true), null);
});

test("each turn of ours is an occasion of its own, but not each look at it", () => {
  const at = (/** @type {object} */ turn) => dueIn({}, roomWith({ phase: "flop", turn }), NOW, true)?.key;
  const turn = { seat: 2, to_call: 0, ends_at: NOW + 5 };
  assert.equal(at(turn), at({ ...turn }));
  assert.notEqual(at(turn), at({ ...turn, to_call: 400 }));
});

test("the end of betting is due in its last three seconds, for a player who plays and has not bet", () => {
  const left = (/** @type {number} */ ms) => ({ phase: "betting", closes_at: NOW + ms });
  const words = (/** @type {number} */ ms, plays = true, more = {}) =>
    dueIn({}, roomWith(left(ms), more), NOW, plays)?.words ?? null;
  assert.equal(words(3_000), "Bets close in 3 s");
  assert.equal(words(1_200), "Bets close in 2 s");
  assert.equal(words(3_001), null);
  assert.equal(words(0), null);
  assert.equal(words(2_000, false), null);
  assert.equal(words(2_000, true, { bets: [{ player: "ann" }] }), null);
  assert.equal(words(2_000, true, { bets: [{ player: "bob" }] }), "Bets close in 2 s");
  assert.equal(words(2_000, true, { paused: "database" }), null);
  assert.equal(words(2_000, true, { closed: true }), null);
});

test("hold'em says what there is to call", () => {
  assert.equal(holdem({ turn: { seat: 2, to_call: 400 } }, 2), "Your turn: 4 to call");
  assert.equal(holdem({ turn: { seat: 2, to_call: 0 } }, 2), "Your turn");
  assert.equal(holdem({ turn: { seat: 1, to_call: 400 } }, 2), null);
  assert.equal(holdem({}, 2), null);
});

test("blackjack asks for insurance as for a move", () => {
  const hands = [{ seat: 2, hand: 0, amount: 100 }];
  assert.equal(blackjack({ phase: "insurance", hands }, 2), "Insurance?");
  assert.equal(blackjack({ phase: "insurance", hands }, 1), null);
  assert.equal(blackjack({ phase: "playing", turn: { seat: 2, hand: 0, actions: { hit: {} } } }, 2), "Your turn");
});

test("a challenger is told that the challenge was taken; the one who took it knows", () => {
  const event = { type: "round_ended", outcome: { side: "heads" }, results: [{ player: "ann" }, { player: "bob" }] };
  assert.equal(called(event, "ann"), "Your challenge was taken");
  assert.equal(called(event, "bob"), null);
  assert.equal(called({ ...event, outcome: {} }, "ann"), null, "withdrawn");
  assert.equal(called({ type: "round_opened" }, "ann"), null);
});
