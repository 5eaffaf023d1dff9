/** What the hold'em table shows: seats, pots, raises, winners, and only our own cards. */

import assert from "node:assert/strict";
import test from "node:test";
import { isOpening, isPlaying, potOf, presetsOf, snapped } from "../../server/client/faces/holdem/pots.js";
import { amountOf } from "../../server/client/faces/holdem/raise.js";
import { SEATS, spotOf } from "../../server/client/faces/holdem/seat_positions.js";
import { buyInOf, sitOut, tableOf, unrevealed } from "../../server/client/faces/holdem/table.js";
import { betStatus, reduce, resultText } from "../../server/client/faces/holdem/tile.js";
import { applyFrame } from "../../server/client/reduce.js";
import { snapshotOf } from "./fakes.js";

const chair = (seat, more = {}) => ({
  seat,
  player: `p${seat}`,
  stack: 9_000,
  staked: 0,
  state: "in",
  cards: null,
  dealt: true,
  away: false,
  ...more,
});
const table = (more = {}) => ({
  type: "table",
  phase: "preflop",
  starts_at: null,
  blinds: [50, 100],
  buy_in: { minimum: 4_000, maximum: 10_000 },
  button: 1,
  board: [],
  pots: [],
  seats: [chair(1), chair(4), chair(6)],
  turn: null,
  ...more,
});
const players = [1, 4, 6, 8].map((seat) => ({ player: `p${seat}`, session: seat, away: seat === 6, seat }));
const start = (more = {}) => ({
  ...snapshotOf({
    game: "holdem",
    round: { round: "holdem.7", number: 7, server_seed_hash: "aa" },
    players,
    you: { player: "p4", session: 4, seat: 4 },
    ...more,
  }),
  room: "holdem",
  epoch: "e",
  seq: 1,
  closed: false,
  last: null,
  voided: null,
});
const play = (state, ...events) => applyFrame(state, state.seq + 1, events, reduce);
const hole = { type: "hole", cards: ["SA", "SK"] };

test("players see their own seat at the bottom and the others clockwise, without overlaps", () => {
  for (let own = 0; own < SEATS; own += 1) {
    assert.deepEqual(spotOf(own, own).wide.seat, spotOf(0, 0).wide.seat);
    assert.deepEqual(spotOf((own + 1) % SEATS, own), spotOf(1, 0));
  }
  for (const form of /** @type {const} */ (["wide", "upright"])) {
    const spots = Array.from({ length: SEATS }, (_, seat) => spotOf(seat, 0)[form]);
    const far = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
    for (const [index, spot] of spots.entries()) {
      for (const other of spots.slice(index + 1))
        assert.ok(far(spot.seat, other.seat) > 18 && far(spot.bet, other.bet) > 8, `${form} ${index}`);
      // Chips are closer to the centre than their seat.
      assert.ok(far(spot.bet, { x: 50, y: 46 }) < far(spot.seat, { x: 50, y: 46 }));
    }
    assert.ok(spots[2].seat.x < 50 && spots[7].seat.x > 50, "clockwise from the bottom is to the left");
  }
});

test("a table with fewer seats spreads them over all of it", () => {
  for (let seats = 2; seats < SEATS; seats += 1) {
    for (const form of /** @type {const} */ (["wide", "upright"])) {
      const spots = Array.from({ length: seats }, (_, seat) => spotOf(seat, 1, seats)[form].seat);
      const opposite = spots[(1 + Math.round(seats / 2)) % seats];
      assert.deepEqual(spots[1], spotOf(0, 0)[form].seat);
      assert.ok(opposite.y < 35, `${form} ${seats}`);
      for (const [index, { x, y }] of spots.entries())
        for (const other of spots.slice(index + 1)) assert.ok(Math.hypot(x - other.x, y - other.y) > 18);
    }
  }
  const { seats } = tableOf({ ...start(), private: { seats: 6 } }, false);
  assert.equal(seats.length, 6);
});

test("our own cards are shown, others' are face down, folded hands are gone", () => {
  const state = play(start(), table({ seats: [chair(1), chair(4), chair(6, { state: "folded" })] }), hole);
  const { seats } = tableOf(state, false);
  assert.deepEqual([seats[4].cards, seats[4].hidden], [["SA", "SK"], 0]);
  assert.deepEqual([seats[1].cards, seats[1].hidden], [[], 2]);
  assert.deepEqual([seats[6].cards, seats[6].hidden, seats[6].away], [[], 0, true]);
  assert.deepEqual([seats[8].player, seats[8].bought, seats[0].player], ["p8", false, null]);
  assert.deepEqual([seats[1].button, seats[4].button], [true, false]);
});

test("hole cards may arrive before or after the table, and disappear with the hand", () => {
  assert.deepEqual(play(start(), hole, table()).view.hole, ["SA", "SK"]);
  assert.deepEqual(play(start(), table(), hole, table({ phase: "flop" })).view.hole, ["SA", "SK"]);
  const next = play(start(), table(), hole, {
    type: "round_opened",
    round: "holdem.8",
    number: 8,
    server_seed_hash: "bb",
  });
  assert.equal(next.view.hole, null);
  assert.deepEqual(next.view.buy_in, { minimum: 4_000, maximum: 10_000 });
});

test("the pot includes the chips in front of the seats", () => {
  const view = table({
    pots: [
      { amount: 600, seats: [1, 4] },
      { amount: 200, seats: [1] },
    ],
    seats: [chair(1, { staked: 150 }), chair(4, { staked: 50 })],
  });
  assert.equal(potOf(view), 1_000);
  assert.equal(potOf({}), 0);
  assert.deepEqual(
    ["preflop", "flop", "turn", "river", "betting", "ended", "settling"].map((phase) => isPlaying({ phase })),
    [true, true, true, true, false, false, false],
  );
});

test("the usual raises: half the pot and the pot after a call, within the bounds", () => {
  const bounds = { minimum: 200, maximum: 9_000 };
  const blinds = table({
    seats: [chair(1), chair(4, { staked: 50 }), chair(6, { staked: 100 })],
    turn: { seat: 1, to_call: 100 },
  });
  // A pot of 1.50 plus a call of 1 is 2.50, so raise to 1 + 1.25 and to 1 + 2.50.
  assert.deepEqual(presetsOf(blinds, bounds), { min: 200, half: 225, pot: 350, all: 9_000 });
  const flop = table({ pots: [{ amount: 301, seats: [1, 4] }], turn: { seat: 1, to_call: 0 } });
  assert.deepEqual(presetsOf(flop, { minimum: 100, maximum: 250 }), { min: 100, half: 150, pot: 250, all: 250 });
  assert.equal(presetsOf(flop, { minimum: 200, maximum: 250 }).half, 200);
  assert.deepEqual([isOpening(flop), isOpening(blinds)], [true, false]);
});

test("a slider moves in small blinds, except at its ends", () => {
  const bounds = { minimum: 210, maximum: 9_030 };
  assert.deepEqual(
    [210, 230, 1_024, 1_026, 9_030].map((amount) => snapped(amount, bounds, 50)),
    [210, 250, 1_000, 1_050, 9_030],
  );
});

test("a raise must be within the bounds", () => {
  const bounds = { minimum: 200, maximum: 9_000 };
  assert.deepEqual(
    ["2", "90", "4,50", "1.99", "90.01", "", "all"].map((typed) => amountOf(typed, bounds)),
    [200, 9_000, 450, null, null, null, null],
  );
});

test("chips are bought within the bounds, and a stack is topped up to the maximum", () => {
  const view = table({ seats: [chair(1, { stack: 6_500 }), chair(4, { stack: 10_000 }), chair(6, { stack: 0 })] });
  assert.deepEqual(buyInOf(view, 8), { minimum: 4_000, maximum: 10_000 });
  assert.deepEqual(buyInOf(view, 6), { minimum: 4_000, maximum: 10_000 });
  assert.deepEqual(buyInOf(view, 1), { minimum: 1, maximum: 3_500 });
  assert.equal(buyInOf(view, 4), null);
  assert.equal(buyInOf(view, undefined), null);
  assert.equal(buyInOf({ phase: "betting" }, 4), null);
});

const outcome = {
  deck: [],
  community: ["D2", "H2", "S9", "CK", "D5"],
  rake: 0,
  shown: [
    { seat: 4, cards: ["SA", "SK"], hand: "Two pair", best: ["SK", "CK", "D2", "H2", "SA"] },
    { seat: 1, cards: ["D9", "H9"], hand: "Full house", best: ["D9", "H9", "S9", "D2", "H2"] },
  ],
  awards: [
    { amount: 3_000, winners: [1] },
    { amount: 500, winners: [1] },
    { amount: 801, winners: [4, 6] },
  ],
};
const results = [
  ["p1", 4_000, 7_500],
  ["p4", 4_000, 400],
  ["p6", 4_000, 4_100],
].map(([player, amount, payout], index) => ({ player, amount, payout, bet: `holdem.7.${index + 1}`, result: "win" }));
const ended = {
  type: "round_ended",
  round: "holdem.7",
  outcome,
  server_seed: "s",
  client_seed: "c",
  nonce: 7,
  results,
};

test("winners are listed once for all their pots, with their hand", () => {
  let state = play(
    start(),
    table(),
    hole,
    table({ phase: "ended", board: outcome.community, pots: [{ amount: 4_301, seats: [] }] }),
  );
  // Before the round is settled, there is no winner.
  assert.deepEqual([tableOf(state, false).over, tableOf(state, false).awards], [false, []]);
  state = play(state, ended);
  const now = tableOf(state, false);
  assert.deepEqual(now.awards, [
    { amount: 3_500, winners: ["p1"], hand: "Full house" },
    { amount: 801, winners: ["p4", "p6"], hand: "Two pair" },
  ]);
  assert.deepEqual(now.best, outcome.shown[1].best);
  assert.deepEqual(
    [1, 4, 6, 8].map((seat) => [now.seats[seat].net, now.seats[seat].winner]),
    [
      [3_500, true],
      [-3_600, true],
      [100, true],
      [null, false],
    ],
  );
  assert.deepEqual([now.seats[1].cards, now.seats[1].hand], [["D9", "H9"], "Full house"]);
  assert.equal(now.seats[6].hidden, 2, "who shows nothing keeps the cards down");
  state = play(
    state,
    { type: "round_opened", round: "holdem.8", number: 8, server_seed_hash: "bb" },
    table({ phase: "betting" }),
  );
  assert.deepEqual(tableOf(state, true).awards, now.awards);
  assert.deepEqual([tableOf(state, false).over, tableOf(state, false).awards], [false, []]);
});

test("a past hand shows the hand that won the main pot", () => {
  assert.equal(resultText(outcome).text, "Full house");
  assert.equal(resultText({ ...outcome, shown: [] }).text, "No showdown");
  assert.equal(resultText({ shown: [], awards: [] }).text, "–");
});

test("the result of a hand is the change of the stack", () => {
  const bet = { player: "p", bet: "b", amount: 4_000, selection: {} };
  assert.equal(betStatus(bet, {}), null);
  assert.deepEqual(
    [5_000, 4_000, 0].map((payout) => betStatus({ ...bet, result: "win", payout }, {})),
    [
      { text: "+10.00", payout: 0, tone: "win" },
      { text: "0.00", payout: 0, tone: "dim" },
      { text: "−40.00", payout: 0, tone: "loss" },
    ],
  );
});

test("while the last cards are being dealt, nobody has won and no stack tells who will", () => {
  const end = tableOf(
    play(
      start({ view: table() }),
      table({
        phase: "ended",
        board: ["S2", "S3", "S4", "S5", "H9"],
        pots: [{ amount: 15_001, seats: [1, 4, 6] }],
        seats: [chair(1, { stack: 5_001 }), chair(4, { stack: 5_000 }), chair(6, { stack: 5_000 })],
      }),
      {
        type: "round_ended",
        round: "holdem.7",
        outcome: { awards: [{ amount: 15_001, winners: [1, 4, 6] }], shown: [] },
        results: [1, 4, 6].map((seat) => ({
          player: `p${seat}`,
          bet: `holdem.7.${seat}`,
          amount: 5_000,
          payout: 5_000,
        })),
      },
    ),
    false,
  );
  assert.equal(end.over, true);
  const shown = unrevealed(end, { awards: [{ amount: 15_001, winners: [1, 4, 6] }] });
  assert.deepEqual([shown.over, shown.awards, shown.best], [false, [], []]);
  for (const seat of [1, 4, 6]) {
    const { stack, winner, net, hand } = shown.seats[seat];
    assert.deepEqual({ stack, winner, net, hand }, { stack: 0, winner: false, net: null, hand: "" });
  }
  assert.deepEqual(shown.board, end.board);
});

test("who sits out with chips is counted while a hand waits for players", () => {
  const idle = (seat, more) => chair(seat, { dealt: false, ...more });
  const seats = [
    idle(0),
    idle(1, { state: "sitting_out" }),
    idle(2, { away: true }),
    idle(3, { stack: 0, away: true }),
  ];
  assert.equal(sitOut({ seats }), 2);
  assert.equal(sitOut({}), 0);
});
