/** The room's reducer. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEvent, applyFrame, fromSnapshot } from "../../server/client/reduce.js";

const snapshot = () => ({
  game: "crash",
  round: { round: "crash.8", number: 8, server_seed_hash: "aa" },
  paused: null,
  view: { phase: "betting", closes_at: 5 },
  bets: [],
  players: [{ player: "ada", session: 1, away: false, seat: 0 }],
  spectators: 2,
  chat: [],
  history: [{ round: "crash.7", outcome: { point: 2 } }],
  limits: { min_stake: 1, max_stake: 100 },
  options: {},
});

const start = () => fromSnapshot("crash", "e1", 10, snapshot());
const bet = (n, player = "ada") => ({ type: "bet_placed", player, bet: `crash.8.${n}`, amount: 100, selection: {} });

test("a snapshot becomes a state with defaults for the rest", () => {
  const state = start();
  assert.equal(state.you, null);
  assert.equal(state.last, null);
  assert.equal(state.closed, false);
  assert.deepEqual([state.room, state.epoch, state.seq], ["crash", "e1", 10]);
});

test("a round from bets to results", () => {
  let state = applyFrame(start(), 11, [bet(1), bet(2, "bob"), bet(2, "bob")]);
  assert.equal(state.seq, 11);
  assert.deepEqual(
    state.bets.map((each) => each.bet),
    ["crash.8.1", "crash.8.2"],
  );
  state = applyEvent(state, { type: "round_started", started_at: 9 });
  assert.deepEqual(state.view, { phase: "running", started_at: 9 });
  const results = [
    { player: "ada", bet: "crash.8.1", amount: 100, result: "cashout", payout: 150 },
    { player: "bob", bet: "crash.8.2", amount: 100, result: "loss", payout: 0 },
  ];
  const ended = {
    type: "round_ended",
    round: "crash.8",
    outcome: { point: 1.7 },
    server_seed: "s",
    client_seed: "c",
    nonce: 8,
    results,
  };
  state = applyEvent(state, ended);
  assert.deepEqual(state.view, { phase: "ended", started_at: 9, point: 1.7 });
  assert.deepEqual(
    state.bets.map((each) => each.payout),
    [150, 0],
  );
  assert.deepEqual(
    state.history.map((past) => past.round),
    ["crash.8", "crash.7"],
  );
  assert.equal(state.last?.server_seed, "s");
  state = applyEvent(state, {
    type: "round_opened",
    round: "crash.9",
    number: 9,
    server_seed_hash: "bb",
    closes_at: 20,
  });
  assert.deepEqual(state.view, { phase: "betting", closes_at: 20 });
  assert.deepEqual(state.bets, []);
  assert.equal(state.last?.round, "crash.8");
  assert.deepEqual(state.round, { round: "crash.9", number: 9, server_seed_hash: "bb" });
});

test("a void round reports its bets and reason during the next round", () => {
  let state = applyEvent(applyEvent(start(), bet(1)), { type: "round_void", round: "crash.8", reason: "restart" });
  assert.deepEqual(state.bets, []);
  assert.equal(state.view.phase, "void");
  assert.equal(state.voided?.reason, "restart");
  state = applyEvent(state, { type: "round_opened", round: "crash.9", server_seed_hash: "bb" });
  assert.deepEqual(state.voided, {
    round: "crash.8",
    reason: "restart",
    bets: [bet(1)].map(({ type, ...told }) => told),
  });
  assert.deepEqual(state.view, { phase: "betting" });
  assert.equal(state.round?.number, 9);
  state = applyEvent(state, { type: "round_opened", round: "crash.10", server_seed_hash: "cc" });
  assert.equal(state.voided, null);
});

const later = (number, settled) => ({
  ...snapshot(),
  round: { round: `crash.${number}`, number, server_seed_hash: "bb" },
  history: settled.map((n) => ({ round: `crash.${n}`, outcome: { point: 2 } })),
});

test("a snapshot can show that a round was void: it is over but was not settled", () => {
  const staked = applyEvent(start(), bet(1));
  const taken = fromSnapshot("crash", "e2", 1, later(9, [7]), staked);
  assert.deepEqual(taken.voided, { round: "crash.8", reason: null, bets: staked.bets });
  assert.deepEqual(fromSnapshot("crash", "e2", 5, later(9, [7]), taken).voided, taken.voided);
  assert.equal(applyEvent(taken, { type: "round_opened", round: "crash.10", server_seed_hash: "" }).voided, null);
  const running = applyEvent(start(), { type: "round_started", started_at: 9 });
  assert.equal(fromSnapshot("crash", "e2", 1, later(12, [11, 10, 9, 7]), running).voided?.round, "crash.8");
});

test("the bets of an interrupted round are kept until its end is known", () => {
  const staked = applyEvent(start(), bet(1));
  const none = { ...snapshot(), round: null, view: { phase: "waiting" } };
  const between = fromSnapshot("crash", "e2", 0, none, staked);
  assert.deepEqual([between.bets, between.voided], [staked.bets, null]);
  const told = [
    { type: "round_void", round: "crash.8", reason: "owner_lost" },
    { type: "round_opened", round: "crash.9", number: 9, server_seed_hash: "bb", closes_at: 20 },
  ];
  const after = applyFrame(between, 1, told);
  assert.deepEqual(after.voided, { round: "crash.8", reason: "owner_lost", bets: staked.bets });
  assert.deepEqual(after.bets, []);
  const settled = { ...none, history: [{ round: "crash.8", outcome: { point: 2 } }] };
  assert.deepEqual(fromSnapshot("crash", "e2", 0, settled, staked).bets, []);
});

test("a round is not void if it was settled, is not over, or is unknown to the snapshot", () => {
  const staked = applyEvent(start(), bet(1));
  assert.equal(fromSnapshot("crash", "e1", 90, later(9, [8, 7]), staked).voided, null);
  assert.equal(fromSnapshot("crash", "e1", 90, later(8, [7]), staked).voided, null);
  assert.equal(fromSnapshot("crash", "e2", 1, { ...later(9, [7]), round: null }, staked).voided, null);
  assert.equal(fromSnapshot("crash", "e2", 1, later(9, [7]), start()).voided, null, "nobody had bet");
  const thirty = Array.from({ length: 30 }, (_, n) => 40 - n);
  assert.equal(fromSnapshot("crash", "e2", 1, later(41, thirty), staked).voided, null, "too long ago");
});

test("the lines of a deleted account are removed", () => {
  const lines = ["ada", "bob", "ada"].map((player, at) => ({ player, text: "hi", at }));
  const { chat } = applyEvent({ ...start(), chat: lines }, { type: "chat_removed", player: "ada" });
  assert.deepEqual(chat, [lines[1]]);
});

test("earlier chat stays visible when a room changes its owner", () => {
  const line = (at, text) => ({ player: "ada", text, at });
  const before = { ...start(), chat: [line(1, "a"), line(2, "b")] };
  const after = (chat, state = before) => fromSnapshot("crash", "e2", 1, { ...snapshot(), chat }, state);
  const said = (state) => state.chat.map((each) => each.text);
  assert.deepEqual(said(after([])), ["a", "b"]);
  assert.deepEqual(said(after([], after([]))), ["a", "b"], "seated again, which brings a snapshot as well");
  assert.deepEqual(said(after([line(3, "c")])), ["a", "b", "c"]);
  assert.deepEqual(said(after([line(2, "b"), line(3, "c")])), ["a", "b", "c"]);
});

test("players come, go away, come back and leave", () => {
  let state = applyEvent(start(), { type: "player_joined", player: "bob", session: 4, seat: 1 });
  state = applyEvent({ ...state, you: { player: "bob", session: 4, seat: 1 } }, { type: "player_away", player: "bob" });
  assert.deepEqual(state.players[1], { player: "bob", session: 4, away: true, seat: 1 });
  state = applyEvent(state, { type: "player_back", player: "bob" });
  assert.equal(state.players[1].away, false);
  state = applyEvent(state, { type: "player_left", player: "bob" });
  assert.equal(state.players.length, 1);
  assert.equal(state.you, null);
});

test("a renamed player keeps the seat", () => {
  let state = applyEvent(start(), { type: "player_joined", player: "bob", session: 4, seat: 1 });
  state = { ...state, you: { player: "bob", session: 4, seat: 1 } };
  state = applyEvent(state, { type: "player_joined", player: "rob", session: 4, seat: 1 });
  state = applyEvent(state, { type: "player_left", player: "bob" });
  assert.deepEqual(state.players.slice(1), [{ player: "rob", session: 4, away: false, seat: 1 }]);
  assert.deepEqual(state.you, { player: "rob", session: 4, seat: 1 });
});

test("chat keeps fifty lines; spectators and pauses are reported", () => {
  let state = start();
  for (let n = 0; n < 60; n++) state = applyEvent(state, { type: "chat", player: "ada", text: String(n), at: n });
  assert.equal(state.chat.length, 50);
  assert.equal(state.chat.at(-1)?.text, "59");
  // After leaving the seat of a delayed room, recent lines arrive a second time.
  const again = { type: "chat", player: "ada", text: "59", at: 59 };
  assert.equal(applyEvent(state, again).chat.filter((line) => line.text === "59").length, 1);
  assert.equal(applyEvent(state, { ...again, player: "bob" }).chat.at(-1)?.player, "bob");
  state = applyFrame(state, 12, [
    { type: "spectators", count: 7 },
    { type: "room_paused", reason: "database" },
  ]);
  assert.equal(state.spectators, 7);
  assert.equal(state.paused, "database");
  state = applyFrame(state, 13, [{ type: "room_resumed" }, { type: "room_closed" }]);
  assert.equal(state.paused, null);
  assert.equal(state.closed, true);
});

test("a game's events go to its reducer, unknown events change nothing, and states stay unchanged", () => {
  const before = Object.freeze(start());
  Object.freeze(before.view);
  const reduce = (view, event) => (event.type === "tick" ? { ...view, multiplier: event.multiplier } : view);
  const after = applyEvent(before, { type: "tick", multiplier: 1.5 }, reduce);
  assert.equal(after.view.multiplier, 1.5);
  assert.equal(before.view.multiplier, undefined);
  assert.deepEqual(applyEvent(before, { type: "something_new" }), before);
});
