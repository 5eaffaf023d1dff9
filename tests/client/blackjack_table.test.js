/** What the blackjack table shows: verdicts, moves, and past rounds. */

import assert from "node:assert/strict";
import test from "node:test";
import { verdictOf } from "../../server/client/faces/blackjack/hand.js";
import { actionsOf, handToPlay, tableOf } from "../../server/client/faces/blackjack/table.js";
import { reduce, resultText } from "../../server/client/faces/blackjack/tile.js";
import { applyFrame } from "../../server/client/reduce.js";
import { texts } from "../../server/client/texts.js";
import { snapshotOf } from "./fakes.js";

const text = texts.games.blackjack.face;

const hand = (seat, dealt, more = {}) => ({
  seat,
  player: `p${seat}`,
  bet: "blackjack.4.1",
  hand: 0,
  amount: 1000,
  dealt,
  total: 0,
  soft: false,
  state: "stood",
  ...more,
});
const dealer = (dealt, hidden = 0) => ({ dealt, hidden, total: 0, soft: false });
const table = (more) => ({
  type: "table",
  phase: "playing",
  closes_at: null,
  dealer: dealer(["D9"], 1),
  hands: [],
  insured: [],
  turn: null,
  ...more,
});
const players = [
  { player: "p2", session: 1, away: false, seat: 2 },
  { player: "p5", session: 2, away: true, seat: 5 },
];
const start = (more = {}) => ({
  ...snapshotOf({
    game: "blackjack",
    round: { round: "blackjack.4", number: 4, server_seed_hash: "aa" },
    players,
    you: { player: "p2", session: 1, seat: 2 },
    ...more,
  }),
  room: "blackjack",
  epoch: "e",
  seq: 1,
  closed: false,
  last: null,
  voided: null,
});
const play = (state, ...events) => applyFrame(state, state.seq + 1, events, reduce);
const ended = (results) => ({
  type: "round_ended",
  round: "blackjack.4",
  outcome: { cards: ["D2"], dealer_cards: ["D9", "HT"] },
  server_seed: "s",
  client_seed: "c",
  nonce: 4,
  results,
});

test("a hand against the dealer's: over 21 loses first, a natural beats 21", () => {
  const verdicts = [
    [["DT", "H9"], "stood", ["DT", "H8"], "win"],
    [["DT", "H9"], "stood", ["DT", "H9"], "push"],
    [["DT", "H9"], "doubled", ["DT", "HQ"], "loss"],
    [["DT", "H9", "S5"], "bust", ["DT", "H6", "S9"], "bust"],
    [["DT", "H2"], "stood", ["DT", "H6", "S9"], "win"],
    [["DA", "HK"], "blackjack", ["DT", "H5", "S6"], "blackjack"],
    [["DA", "HK"], "blackjack", ["DA", "HQ"], "push"],
    [["DT", "H5", "S6"], "stood", ["DA", "HQ"], "loss"],
    // Twenty-one after a split is not a natural.
    [["DA", "HK"], "stood", ["DT", "H5", "S6"], "push"],
    [["DA", "HK"], "stood", ["DA", "HQ"], "loss"],
    [["DA", "HA", "SA", "C8"], "stood", ["DT", "HT"], "win"],
  ];
  for (const [cards, state, theirs, expected] of verdicts)
    assert.equal(verdictOf({ cards, state }, theirs), expected, `${cards} against ${theirs}`);
});

test("a past round is shown as the dealer's hand", () => {
  assert.deepEqual(resultText({ dealer_cards: ["DT", "H9"] }), { text: "19", tone: "plain" });
  assert.deepEqual(resultText({ dealer_cards: ["DT", "H6", "S9"] }), { text: "Bust", tone: "good" });
  assert.deepEqual(resultText({ dealer_cards: ["DA", "HK"] }), { text: "Blackjack", tone: "plain" });
  assert.deepEqual(resultText({ dealer_cards: ["DT", "H5", "S6"] }).text, "21");
  assert.deepEqual(resultText({ dealer_cards: [] }).text, "–");
});

test("a soft total shows both of its values, 21 only one", () => {
  assert.deepEqual([text.total(17, true), text.total(17, false), text.total(21, true)], ["7/17", "17", "21"]);
});

test("every seat has its player, its hands and its turn", () => {
  const turn = { seat: 2, hand: 1, ends_at: 9, actions: { hit: {}, stand: {} } };
  const hands = [
    hand(2, ["D8", "H3"], { state: "playing" }),
    hand(2, ["S8", "CT"], { hand: 1, state: "playing" }),
    hand(5, ["DK", "HK", "S5"], { state: "bust" }),
  ];
  const state = play(start(), table({ hands, turn, insured: [{ seat: 5, player: "p5", amount: 500 }] }));
  const { seats, over } = tableOf(state, false);
  assert.equal(over, false);
  assert.equal(seats.length, 7);
  assert.deepEqual(
    seats.map((seat) => seat.player),
    [null, null, "p2", null, null, "p5", null],
  );
  assert.deepEqual([seats[2].own, seats[5].own, seats[5].away, seats[5].insured], [true, false, true, 500]);
  assert.deepEqual(
    seats[2].hands.map((each) => each.acting),
    [false, true],
  );
  assert.deepEqual(
    seats[2].hands.map((each) => each.verdict),
    [null, null],
  );
  assert.equal(seats[5].hands[0].verdict, "bust");
  assert.deepEqual(actionsOf(state.view, 2), { hit: {}, stand: {} });
  assert.deepEqual(actionsOf(state.view, 5), {});
  assert.deepEqual(actionsOf(state.view, undefined), {});
  assert.deepEqual(handToPlay(state.view)?.dealt, ["S8", "CT"]);
});

test("bets show at their seats while bets are open", () => {
  const state = play(start(), { type: "bet_placed", player: "p5", bet: "blackjack.4.1", amount: 700, selection: {} });
  assert.deepEqual(
    tableOf(state, false).seats.map((seat) => seat.bet),
    [0, 0, 0, 0, 0, 700, 0],
  );
});

test("insurance is offered to players with an insurable hand who have not answered", () => {
  const asks = table({
    phase: "insurance",
    closes_at: 99,
    hands: [hand(2, ["D8", "H3"]), hand(5, ["DK", "HK"], { amount: 1 })],
  });
  const both = { insure: {}, decline: {} };
  const asked = play(start(), asks);
  assert.deepEqual(actionsOf(asked.view, 2), both);
  // Half a cent is not a valid stake.
  assert.deepEqual(actionsOf(asked.view, 5), {});
  assert.deepEqual(actionsOf(asked.view, 6), {});
  assert.deepEqual(actionsOf(play(asked, { ...asks, insured: [{ seat: 2, amount: 500 }] }).view, 2), {});
  // After a reconnect, the snapshot decides as long as the question is open.
  const { type: _, ...view } = asks;
  const back = start({ view: { ...view, actions: {} } });
  assert.deepEqual(actionsOf(back.view, 2), {});
  assert.deepEqual(actionsOf(play(back, asks).view, 2), {});
  assert.equal(play(back, table({})).view.actions, undefined);
  // An answer from another page of the same player counts here, too.
  const still = start({ view: { ...view, actions: both } });
  assert.deepEqual(actionsOf(still.view, 2), both);
  assert.deepEqual(actionsOf(play(still, { ...asks, insured: [{ seat: 2, amount: 500 }] }).view, 2), {});
});

test("the end of a round stays visible with its results while the next one is open", () => {
  const hands = [hand(2, ["DT", "H9"]), hand(2, ["DT", "H2"], { hand: 1 }), hand(5, ["DT", "HT"])];
  let state = play(start(), table({ hands }));
  state = play(state, table({ phase: "ended", dealer: dealer(["D9", "HT"]), hands }));
  // The verdicts follow from the cards; the payouts come from the server.
  assert.deepEqual(
    tableOf(state, false).seats[2].hands.map((each) => each.verdict),
    ["push", "loss"],
  );
  assert.equal(tableOf(state, false).seats[2].net, null);
  assert.equal(tableOf(state, false).open, 1);
  const line = (player, n, amount, payout) => ({ player, bet: `blackjack.4.${n}`, amount, payout, result: "win" });
  state = play(state, ended([line("p2", 1, 2000, 1000), line("p5", 2, 1000, 2000)]));
  assert.deepEqual(
    tableOf(state, false).seats.map((seat) => seat.net),
    [null, null, -1000, null, null, 1000, null],
  );
  state = play(state, { type: "round_opened", round: "blackjack.5", number: 5, server_seed_hash: "bb" });
  assert.equal(state.view.phase, "betting");
  assert.deepEqual(tableOf(state, false).seats[2].hands, []);
  const past = tableOf(state, true);
  assert.deepEqual([past.over, past.seats[2].net, past.seats[5].hands[0].verdict], [true, -1000, "win"]);
  // Bets of the open round don't show on the previous round's table.
  state = play(state, { type: "bet_placed", player: "p2", bet: "blackjack.5.1", amount: 300, selection: {} });
  state = play(state, table({ phase: "betting", closes_at: 50 }));
  assert.equal(tableOf(state, true).seats[2].bet, 0);
  assert.equal(tableOf(state, false).seats[2].bet, 300);
  // A round without hands leaves nothing to show.
  state = play(
    state,
    { ...ended([]), round: "blackjack.5" },
    { type: "round_opened", round: "blackjack.6", number: 6, server_seed_hash: "cc" },
  );
  assert.deepEqual(state.view.past?.hands ?? [], []);
});
