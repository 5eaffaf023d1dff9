/** Moves in advance: what can be chosen, when it is sent, and when it is dropped. */

import assert from "node:assert/strict";
import test from "node:test";
import { chosen, costOf, fateOf, namesNow } from "../../server/client/faces/holdem/ahead.js";
import { clockOf } from "../../server/client/faces/holdem/clock.js";

const chair = (seat, more = {}) => ({ seat, stack: 9_000, staked: 0, state: "in", cards: null, dealt: true, ...more });
const moment = (more = {}, own = {}) => ({
  round: "holdem.7",
  seat: 4,
  view: { phase: "flop", blinds: [50, 100], seats: [chair(1), chair(4, own)], turn: { seat: 1, actions: {} }, ...more },
});
const due = (actions, toCall = 0, own = {}) => moment({ turn: { seat: 4, to_call: toCall, actions } }, own);
const raised = (staked) => moment({ seats: [chair(1, { staked }), chair(4)] });

test("what can be chosen depends on what there is to call", () => {
  assert.deepEqual(namesNow(moment()), ["check_fold", "check", "call_any"]);
  assert.deepEqual(namesNow(raised(300)), ["check_fold", "call", "call_any"]);
  assert.equal(costOf(raised(300).view, 4), 300);
  assert.equal(costOf(moment({ seats: [chair(1, { staked: 300 }), chair(4, { stack: 120 })] }).view, 4), 120);
  const checked = { last: { move: "check", amount: 0, to: 0, all_in: false } };
  assert.deepEqual(namesNow(moment({}, checked)), [], "no turn is to come");
  for (const own of [{ state: "folded" }, { state: "all_in" }, { away: true }])
    assert.deepEqual(namesNow(moment({}, own)), []);
  assert.deepEqual(namesNow(due({ fold: {}, check: {} })), [], "it is our turn");
  assert.deepEqual(namesNow(moment({ phase: "showdown" })), []);
});

test("before the flop, a short big blind still has to be answered in full", () => {
  assert.equal(costOf(moment({ phase: "preflop", seats: [chair(1, { staked: 30 }), chair(4)] }).view, 4), 100);
});

test("a choice is sent when the turn comes, as what it says", () => {
  const free = { fold: {}, check: {} };
  const bet = { fold: {}, call: {} };
  assert.equal(fateOf(chosen("check", moment()), moment()), "keep");
  assert.equal(fateOf(chosen("check", moment()), due(free)), "check");
  assert.equal(fateOf(chosen("check_fold", moment()), due(free)), "check");
  assert.equal(fateOf(chosen("check_fold", moment()), due(bet, 300)), "fold");
  assert.equal(fateOf(chosen("call", raised(300)), due(bet, 300)), "call");
  assert.equal(fateOf(chosen("call_any", moment()), due(bet, 700)), "call");
  assert.equal(fateOf(chosen("call_any", raised(300)), due(free)), "check");
});

test("a choice is dropped when something happens that it does not cover", () => {
  const bet = { fold: {}, call: {} };
  assert.equal(fateOf(chosen("check", moment()), raised(300)), "drop", "a bet after Check");
  assert.equal(fateOf(chosen("check", moment()), due(bet, 300)), "drop", "a bet and our turn at once");
  assert.equal(fateOf(chosen("call", raised(300)), raised(900)), "drop", "a raise after Call 3");
  assert.equal(fateOf(chosen("call", raised(300)), due(bet, 900)), "drop");
  assert.equal(fateOf(chosen("call_any", raised(300)), raised(900)), "keep");
  assert.equal(fateOf(chosen("check_fold", moment()), raised(900)), "keep");
  for (const name of ["check_fold", "check", "call_any"]) {
    const ahead = chosen(/** @type {any} */ (name), moment());
    assert.equal(fateOf(ahead, moment({ phase: "turn" })), "drop", "another street");
    assert.equal(fateOf(ahead, { ...moment(), round: "holdem.8" }), "drop", "another hand");
    assert.equal(fateOf(ahead, moment({}, { state: "folded" })), "drop", "we are out");
  }
});

test("one clock: the time of the turn, and then the time bank", () => {
  const turn = { ends_at: 20_000, bank_ms: 30_000 };
  assert.deepEqual(clockOf(turn, 15_000, 19_999), { banked: false, endsAt: 20_000, total: 15_000 });
  assert.deepEqual(clockOf(turn, 15_000, 20_000), { banked: true, endsAt: 50_000, total: 30_000 });
  assert.equal(clockOf({ ends_at: 20_000, bank_ms: 0 }, 15_000, 21_000).banked, false);
});
