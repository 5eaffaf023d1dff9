/** A player's actions: one press is one bet, money is never predicted, and every refusal is explained. */

import assert from "node:assert/strict";
import test from "node:test";
import { computed, signal } from "@preact/signals-core";
import { errorText } from "../../server/client/error_text.js";
import { Choice } from "../../server/client/faces/dice/choice.js";
import { ownLimits } from "../../server/client/own_limits.js";
import { Play, playIn, shownRound } from "../../server/client/room/play.js";
import { wallet } from "../../server/client/wallet.js";
import { WireError } from "../../server/client/wire.js";

/** A room whose answers the test controls. */
class FakeStore {
  state = signal(
    /** @type {any} */ ({
      game: "crash",
      round: { round: "crash.1" },
      bets: [],
      you: { player: "ann" },
      closed: false,
      paused: null,
      last: null,
      limits: { min_stake: 1, max_stake: 100_000 },
    }),
  );
  you = computed(() => this.state.value.you);
  round = computed(() => this.state.value.round);
  bets = computed(() => this.state.value.bets);
  last = computed(() => this.state.value.last);
  view = computed(() => this.state.value.view ?? {});
  reveals = { hidden: signal(/** @type {any[]} */ ([])) };
  wire = { connection: signal("online"), serverNow: () => 0 };
  /** @type {any[]} */
  sent = [];

  /** @param {any} wager */
  bet(wager) {
    return new Promise((resolve, reject) => this.sent.push({ wager, resolve, reject }));
  }

  /** @param {string} action @param {any} more */
  act(action, more) {
    return this.bet({ action, ...more });
  }

  /** @param {any} change */
  tell(change) {
    this.state.value = { ...this.state.value, ...change };
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

function seated() {
  wallet.value = { balance: 5_000, held: 0, version: 1 };
  const store = new FakeStore();
  return { store, play: new Play(/** @type {any} */ (store)) };
}

test("a double press sends one bet; another may follow later", async (t) => {
  const { store, play } = seated();
  let now = 10_000;
  t.mock.method(performance, "now", () => now);
  void play.bet({});
  void play.bet({});
  assert.equal(store.sent.length, 1);
  assert.deepEqual(play.placing.value, { amount: 1000, selection: {} });
  store.sent[0].resolve({ bet: "crash.1.1", round: "crash.1" });
  await settle();
  assert.equal(play.placing.value, null);
  now += 200;
  void play.bet({});
  assert.equal(store.sent.length, 1, "still the same double click");
  now += 400;
  void play.bet({});
  assert.equal(store.sent.length, 2);
});

test("an acknowledged bet counts at once and only once, whether the answer or the event comes first", async () => {
  const { store, play } = seated();
  void play.bet({});
  store.sent[0].resolve({ bet: "crash.1.1", round: "crash.1" });
  await settle();
  assert.deepEqual(
    play.mine.value.map((bet) => bet.bet),
    ["crash.1.1"],
  );
  store.tell({
    bets: [
      { player: "ann", bet: "crash.1.1", amount: 1000, selection: {} },
      { player: "bob", bet: "crash.1.2" },
    ],
  });
  assert.deepEqual(
    play.mine.value.map((bet) => bet.bet),
    ["crash.1.1"],
  );
  store.tell({ bets: [], round: { round: "crash.2" } });
  assert.deepEqual(play.mine.value, []);
});

test("a refusal is explained, and there is no bet", async () => {
  const { store, play } = seated();
  void play.bet({});
  store.sent[0].reject(Object.assign(new Error("no"), { code: "betting_closed" }));
  await settle();
  assert.match(play.error.value ?? "", /Bets are closed/);
  assert.deepEqual(play.mine.value, []);
});

test("a late move is told how its round ended, as soon as that is known", async () => {
  const { store, play } = seated();
  const late = async (/** @type {object} */ more) => {
    const made = play.act("cashout");
    store.sent.at(-1).reject(new WireError({ code: "illegal_action", message: "Too late: crash.1 is over.", ...more }));
    await made;
  };
  await late({ round: "crash.1" });
  assert.equal(play.trouble.value, "Too late: the round is over.");
  store.tell({ last: { round: "crash.1", outcome: { point: 1.53 }, results: [] } });
  assert.equal(play.trouble.value, "Too late: it crashed at 1.53×.");
  await late({ reason: "own_words" });
  assert.equal(play.trouble.value, "Too late: crash.1 is over.", "for an unknown reason, the server's words");
});

test("stakes that can't be placed are never sent", () => {
  const { store, play } = seated();
  for (const [typed, words] of [
    ["", /amount/],
    ["0", /smallest/],
    ["2000", /largest/],
    ["60", /available/],
  ]) {
    play.typed.value = /** @type {string} */ (typed);
    void play.bet({});
    assert.match(play.error.value ?? "", /** @type {RegExp} */ (words));
  }
  assert.equal(store.sent.length, 0);
});

test("offline, paused or closed, nothing is sent and the reason is shown", () => {
  const { store, play } = seated();
  store.wire.connection.value = "offline";
  void play.bet({});
  assert.match(play.error.value ?? "", /No connection/);
  store.wire.connection.value = "online";
  store.tell({ paused: "database" });
  void play.bet({});
  assert.match(play.error.value ?? "", /paused/);
  store.tell({ paused: null, closed: true });
  assert.match(play.cannotBet.value ?? "", /closed/);
  assert.equal(store.sent.length, 0);
});

test("a queued bet is placed once, when the next round opens", () => {
  const { store, play } = seated();
  play.queue({ auto_cashout: 2 });
  assert.deepEqual(play.queued.value, { amount: 1000, selection: { auto_cashout: 2 } });
  void play.placeQueued();
  void play.placeQueued();
  assert.equal(store.sent.length, 1);
  assert.equal(play.queued.value, null);
});

test("one move at a time", async () => {
  const { store, play } = seated();
  const first = play.act("cashout", {});
  assert.equal(await play.act("cashout", {}), null);
  assert.equal(store.sent.length, 1);
  store.sent[0].resolve({ multiplier: 1.5, payout: 1500 });
  assert.deepEqual(await first, { multiplier: 1.5, payout: 1500 });
});

test("our own results are summed up without others'", () => {
  const { store, play } = seated();
  assert.equal(play.result.value, null);
  const line = { bet: "crash.1.1", amount: 1000, payout: 1830, result: "cashout" };
  store.tell({
    last: {
      round: "crash.1",
      outcome: {},
      results: [
        { ...line, player: "ann" },
        { ...line, player: "bob" },
      ],
    },
  });
  assert.equal(play.result.value?.net, 830);
});

test("the stake buttons", () => {
  const { play } = seated();
  play.press("double");
  assert.equal(play.typed.value, "20");
  play.press("max");
  assert.equal(play.stake.value, 5_000);
  play.typed.value = "7.5";
  play.tidy();
  assert.equal(play.typed.value, "7.50");
});

test("one Play per room", () => {
  const { store } = seated();
  assert.equal(playIn(/** @type {any} */ (store)), playIn(/** @type {any} */ (store)));
});

test("dice: changing the side keeps the chance", () => {
  const choice = new Choice();
  choice.aim(7500);
  const before = choice.chance.value;
  choice.side(false);
  assert.deepEqual([choice.target.value, choice.chance.value], [2500, before]);
  choice.aim(10_000);
  assert.equal(choice.target.value, 9900);
  assert.deepEqual(choice.selection(), { target: 99, over: false });
});

test("our own stake in a void round is reported, not others'", () => {
  const { store, play } = seated();
  assert.equal(play.refund.value, null);
  const bet = (/** @type {string} */ player, /** @type {number} */ amount) => ({
    player,
    bet: "crash.1.1",
    amount,
    selection: {},
  });
  store.tell({ voided: { round: "crash.1", reason: null, bets: [bet("ann", 100), bet("bob", 500), bet("ann", 50)] } });
  assert.deepEqual(play.refund.value, { round: "crash.1", staked: 150 });
  store.tell({ voided: { round: "crash.1", reason: null, bets: [bet("bob", 500)] } });
  assert.equal(play.refund.value, null);
});

test("the player's own limit bounds the stake, its buttons and all that is put into a round", async () => {
  const { store, play } = seated();
  ownLimits.value = /** @type {any} */ ({ stake: 1_500, next_stake: null });
  try {
    play.press("max");
    assert.equal(play.stake.value, 1_500);
    play.typed.value = "16";
    assert.match(play.stakeError.value ?? "", /limit of 15 chips per round/);
    void play.bet({});
    assert.equal(store.sent.length, 0);
    play.obeyOwnLimit();
    assert.equal(play.typed.value, "15");
    play.typed.value = "10";
    void play.bet({});
    store.sent[0].resolve({ bet: "crash.1.1", round: "crash.1" });
    await settle();
    assert.equal(play.bounds.value.own, 500);
    play.typed.value = "6";
    assert.match(play.stakeError.value ?? "", /10 chips are in this round already/);
    store.tell({ round: { round: "crash.2" } });
    assert.equal(play.bounds.value.own, 1_500);
  } finally {
    ownLimits.value = null;
  }
});

test("a bet that the player makes here is told from a stake that stayed in the game", async () => {
  const { store, play } = seated();
  assert.equal(play.made("crash.1.1"), false);
  void play.bet({});
  assert.equal(play.made("crash.1.1"), true, "its event may come before its answer");
  store.sent[0].resolve({ bet: "crash.1.1", round: "crash.1" });
  await settle();
  assert.equal(play.made("crash.1.1"), true);
  assert.equal(play.made("crash.1.2"), false);
});

test("a bet is counted when it is taken, so that the focus can leave the field, and not when it is refused", async () => {
  const { store, play } = seated();
  void play.bet({});
  store.sent[0].reject(new WireError({ code: "betting_closed" }));
  await settle();
  assert.equal(play.taken.value, 0);
  play.guard.repeatMs = 0;
  play.guard.acted();
  void play.bet({});
  store.sent[1].resolve({ bet: "crash.1.1", round: "crash.1" });
  await settle();
  assert.equal(play.taken.value, 1);
});

test("the panel of a game with moves stays until the last move is revealed", () => {
  const { store, play } = seated();
  const bet = { player: "ann", bet: "hilo.1.1", amount: 100 };
  assert.equal(shownRound(play), null);
  store.tell({ view: { phase: "running", row: [1] }, bets: [bet] });
  assert.deepEqual(shownRound(play), { view: { phase: "running", row: [1] }, bet, over: false });
  const before = store.state.value;
  store.tell({ view: { phase: "betting" }, bets: [] });
  assert.equal(shownRound(play), null);
  store.reveals.hidden.value = [{ before }];
  assert.deepEqual(shownRound(play), { view: before.view, bet, over: true });
});

test("a muted player reads until when", () => {
  const muted = (more) => errorText(new WireError({ code: "muted", message: "The operator …", ...more }));
  const until = Date.parse("2027-01-05T10:00:00Z");
  assert.match(muted({ reason: "until", values: { until } }), /can’t chat until 5 Jan 2027/);
  assert.equal(muted({}), "You can’t chat: the operator has muted you.");
});
