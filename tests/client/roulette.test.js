/** Roulette: the felt, its navigation, the ball, the player's chips and the rules. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { computed, signal } from "@preact/signals-core";
import {
  FIELDS,
  keyOf,
  PLACES,
  placeAt,
  placeBeside,
  placeOf,
  selectionOf,
  stakesPaid,
  standsUpright,
} from "../../server/client/faces/roulette/layout.js";
import { longName, nameOfBet, nameWithPays } from "../../server/client/faces/roulette/names.js";
import { colourOf, neighboursOf, ORDER, RED } from "../../server/client/faces/roulette/pockets.js";
import { play } from "../../server/client/faces/roulette/rules.js";
import { angleOf, Spin } from "../../server/client/faces/roulette/spin.js";
import { MOST_BETS, Table, total } from "../../server/client/faces/roulette/table.js";
import { reduce, resultText } from "../../server/client/faces/roulette/tile.js";
import { applyEvent, fromSnapshot } from "../../server/client/reduce.js";
import { wallet } from "../../server/client/wallet.js";
import { settle, snapshotOf } from "./fakes.js";

// ---- the wheel and the felt ----

test("the felt stands upright where its fields are larger then, and lies where they are large enough", () => {
  assert.equal(standsUpright(374, 430, 44), true, "a phone");
  assert.equal(standsUpright(500, 330, 44), false, "a phone that is turned");
  assert.equal(standsUpright(740, 1_000, 44), false, "a large screen");
});

test("the wheel has each number once, alternating red and black", () => {
  assert.deepEqual(
    [...ORDER].sort((a, b) => a - b),
    Array.from({ length: 37 }, (_, n) => n),
  );
  assert.equal(RED.size, 18);
  for (let n = 1; n < 37; n++) assert.equal(colourOf(ORDER[n]), n % 2 ? "red" : "black");
  assert.deepEqual(neighboursOf(0, 2), [3, 26, 0, 32, 15]);
});

test("the felt has the 157 places of the layout, and pays 36 for each number covered", () => {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { kind } of PLACES.values()) counts[kind] = (counts[kind] ?? 0) + 1;
  const inside = { straight: 37, split: 60, street: 14, corner: 23, line: 11 };
  assert.deepEqual(counts, { ...inside, dozen: 3, column: 3, low: 1, even: 1, red: 1, black: 1, odd: 1, high: 1 });
  assert.equal(PLACES.size, 157);
  for (const place of PLACES.values()) assert.equal(stakesPaid(place) * place.covers.size, 36, place.key);
});

test("a selection maps to a place whatever the order of its numbers, and back", () => {
  for (const place of PLACES.values()) {
    assert.equal(placeOf({ kind: place.kind, numbers: place.numbers.toReversed() }), place);
    assert.equal(placeOf(selectionOf(place)), place);
  }
  assert.equal(placeOf({ kind: "split", numbers: [1, 5] }), undefined);
  assert.equal(placeOf({ kind: "red", numbers: [1] }), undefined);
  assert.equal(placeOf(null), undefined);
  assert.deepEqual(selectionOf(PLACES.get("red")), { kind: "red" });
});

test("a chip is put where the pointer is: on a field, an edge or a corner", () => {
  for (const place of PLACES.values()) assert.equal(placeAt(place.x, place.y), place, place.key);
  assert.equal(placeAt(1.2, 2.2)?.key, "street 0-1-2");
  assert.equal(placeAt(0.6, 1.2)?.key, "straight 0");
  assert.equal(placeAt(6.9, 1.6)?.key, "split 17-20");
  assert.equal(placeAt(6.6, 1.6)?.key, "straight 17");
  assert.equal(placeAt(12.95, 0.9)?.key, "split 35-36");
  assert.equal(
    placeAt(13.05, 0.9)?.key,
    keyOf("column", PLACES.get("column 3-6-9-12-15-18-21-24-27-30-33-36").numbers),
  );
  assert.equal(placeAt(2.5, 3.1)?.key, "street 4-5-6");
  assert.equal(placeAt(0.5, 3.5), null);
  assert.equal(placeAt(13.5, 4.5), null);
});

test("the arrow keys lead from any place to all others", () => {
  for (const start of ["straight 0", "high", "corner 0-1-2-3"]) {
    const reached = new Set([PLACES.get(start)]);
    for (const place of reached)
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ])
        reached.add(placeBeside(place, dx, dy));
    assert.equal(reached.size, 157, start);
  }
  assert.equal(placeBeside(PLACES.get("straight 17"), 1, 0).key, "split 17-20");
  assert.equal(placeBeside(PLACES.get("straight 17"), 0, 1).key, "split 16-17");
  assert.equal(placeBeside(PLACES.get("straight 0"), -1, 0).key, "straight 0");
});

test("every place has its own name", () => {
  const names = [...PLACES.values()].map(longName);
  assert.equal(new Set(names).size, 157);
  assert.equal(nameWithPays(PLACES.get("split 17-20")), "Split 17-20, pays 17 to 1");
  assert.equal(longName(PLACES.get("straight 17")), "Straight 17 black");
  assert.equal(nameOfBet({ kind: "dozen", numbers: Array.from({ length: 12 }, (_, n) => n + 13) }), "13 to 24");
  assert.equal(nameOfBet({ kind: "dozen" }), "");
  assert.ok(FIELDS.every((place) => place.field));
});

// ---- the ball ----

test("the ball lands in the named pocket, wherever it is before", () => {
  for (const pocket of ORDER) {
    for (const ran of [0, 300, 700, 4000, 61_234]) {
      const spin = new Spin();
      spin.rest(ORDER[5]);
      spin.run(1000);
      const before = spin.at(1000 + ran);
      const fallMs = spin.fall(pocket, 1000 + ran);
      const after = spin.at(1000 + ran);
      assert.ok(
        Math.abs(((before.wheel - after.wheel) % 360) + ((before.ball - after.ball) % 360)) < 1e-6,
        "nothing jumps",
      );
      assert.ok(fallMs > 1_400 && fallMs < 3_100, String(fallMs));
      const end = spin.at(1000 + ran + fallMs + 1);
      const off = (((end.ball - angleOf(pocket)) % 360) + 360) % 360;
      assert.ok(Math.min(off, 360 - off) < 1e-6, `${pocket}: ${off}`);
      assert.ok(end.height < 1e-9 && !end.moving);
      assert.ok(spin.at(1000 + ran + fallMs / 2).moving);
    }
  }
});

test("a ball at rest does not move; on the track it is high", () => {
  const spin = new Spin();
  spin.rest(17);
  assert.deepEqual(spin.at(5), { wheel: 0, ball: angleOf(17), height: 0, moving: false });
  spin.run(10);
  assert.equal(spin.at(10).height, 0);
  assert.equal(spin.at(5000).height, 1);
});

// ---- the table ----

/** A room whose answers the test controls, with a seated player who has 1,000 chips. */
class FakeStore {
  state = signal(
    /** @type {any} */ ({
      game: "roulette",
      round: { round: "roulette.7" },
      bets: [],
      view: { phase: "betting" },
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
  view = computed(() => this.state.value.view);
  last = computed(() => this.state.value.last);
  wire = { connection: signal("online") };
  /** @type {any[]} */
  sent = [];
  /** @type {any} */
  heard = null;

  /** @param {any} wager */
  bet(wager) {
    return new Promise((resolve, reject) => this.sent.push({ wager, resolve, reject }));
  }

  /** @param {any} listener */
  onEvent(listener) {
    this.heard = listener;
  }

  /** @param {any} change */
  tell(change) {
    this.state.value = { ...this.state.value, ...change };
  }
}

/** @param {any} [change] of the room */
function atTable(change = {}) {
  wallet.value = { balance: 100_000, held: 0, version: 1 };
  const store = new FakeStore();
  store.tell(change);
  const table = new Table(/** @type {any} */ (store), 0);
  table.play.typed.value = "10";
  return { store, table };
}

const place = (/** @type {string} */ key) => PLACES.get(key);

test("chips are put down, stacked, undone and removed before anything is bet", async () => {
  const { table, store } = atTable();
  assert.equal(table.step.value, "empty");
  assert.ok(table.lay(place("red")));
  table.lay(place("red"));
  table.lay(place("split 17-20"));
  assert.deepEqual(
    [...table.laid.value],
    [
      ["red", 2000],
      ["split 17-20", 1000],
    ],
  );
  assert.equal(table.step.value, "place");
  table.undo();
  assert.deepEqual([...table.laid.value], [["red", 2000]]);
  table.clear();
  assert.equal(total(table.laid.value), 0);
  table.undo();
  assert.equal(total(table.laid.value), 2000);
  assert.deepEqual(store.sent, []);
});

test("with neighbours, a number includes two more on each side of the wheel", async () => {
  const { table } = atTable();
  table.neighbours.value = true;
  table.lay(place("straight 0"));
  table.lay(place("red"));
  assert.deepEqual(
    [...table.laid.value.keys()],
    ["straight 3", "straight 26", "straight 0", "straight 32", "straight 15", "red"],
  );
});

test("chips that can't be bet are not put down, and the reason is shown", async () => {
  const { table } = atTable({ limits: { min_stake: 1, max_stake: 5_000 } });
  table.play.typed.value = "lots";
  assert.equal(table.lay(place("red")), false);
  assert.match(table.play.error.value, /amount in chips/);
  table.play.typed.value = "50";
  assert.ok(table.lay(place("red")));
  assert.equal(table.lay(place("red")), false);
  assert.match(table.play.error.value, /A bet can be 50 chips at most/);
  for (const key of [...PLACES.keys()].slice(0, 19)) assert.ok(table.lay(place(key)), key);
  assert.equal(table.lay(place("odd")), false);
  assert.match(table.play.error.value, /You have 1,000 chips available/);
  table.clear();
  table.play.typed.value = "1";
  for (const key of [...PLACES.keys()].slice(0, MOST_BETS)) assert.ok(table.lay(place(key)), key);
  assert.equal(table.lay(place("odd")), false);
  assert.match(table.play.error.value, /At most 50 bets/);
});

test("bets are placed one by one in the open round; the first refusal leaves the rest unplaced", async () => {
  const { table, store } = atTable();
  for (const key of ["red", "straight 5", "odd"]) table.lay(place(key));
  const done = table.place();
  assert.equal(table.step.value, "placing");
  assert.equal(table.lay(place("even")), false, "what is on its way is not changed");
  assert.deepEqual(store.sent[0].wager, { amount: 1000, selection: { kind: "red" }, round: "roulette.7" });
  store.sent[0].resolve({ bet: "roulette.7.1", round: "roulette.7" });
  await settle();
  assert.deepEqual([...table.placed.value], [["red", 1000]], "acknowledged, though its event has not come");
  assert.deepEqual(store.sent[1].wager.selection, { kind: "straight", numbers: [5] });
  store.sent[1].reject({ code: "betting_closed", message: "Bets are closed." });
  await done;
  assert.deepEqual([...table.laid.value.keys()], ["straight 5", "odd"]);
  assert.ok(table.play.error.value);
  assert.equal(store.sent.length, 2);
  const told = { player: "ann", bet: "roulette.7.1", amount: 1000, selection: { kind: "red" } };
  store.tell({ bets: [told, { player: "bob", bet: "roulette.7.2", amount: 300, selection: { kind: "red" } }] });
  assert.deepEqual([[...table.placed.value], [...table.others.value]], [[["red", 1000]], [["red", 300]]]);
});

test("the bets of the last round are repeated on top of the chips on the table", () => {
  const { table, store } = atTable();
  table.repeat();
  assert.equal(table.laid.value.size, 0);
  const bet = (/** @type {string} */ player, /** @type {number} */ n, /** @type {any} */ selection) => ({
    player,
    bet: `roulette.7.${n}`,
    amount: 500 * n,
    selection,
  });
  const settled = [bet("ann", 1, { kind: "odd" }), bet("bob", 2, { kind: "red" }), bet("ann", 3, { kind: "odd" })];
  store.tell({ view: { phase: "betting", settled } });
  store.heard({ type: "round_ended", round: "roulette.7" });
  store.heard({ type: "round_ended", round: "roulette.8" });
  table.lay(place("odd"));
  table.repeat();
  assert.deepEqual([...table.laid.value], [["odd", 3000]]);
});

test("after a burst, bets are sent no faster than the server accepts them", async () => {
  const { table, store } = atTable();
  table.pace = 15;
  for (const key of [...PLACES.keys()].slice(0, 24)) table.lay(place(key));
  const begun = performance.now();
  const done = table.place();
  for (let n = 0; n < 24; n++) {
    while (!store.sent[n]) await settle();
    store.sent[n].resolve({ bet: `roulette.7.${n + 1}`, round: "roulette.7" });
  }
  await done;
  assert.ok(performance.now() - begun > 4 * 14, "four of the 24 had to wait");
  assert.equal(table.laid.value.size, 0);
});

test("while the ball is rolling, chips can be put down but not placed", async () => {
  const { table, store } = atTable({ view: { phase: "running", started_at: 0 } });
  table.lay(place("red"));
  assert.equal(table.step.value, "wait");
  await table.place();
  assert.deepEqual(store.sent, []);
});

// ---- the room's state ----

const ended = {
  type: "round_ended",
  round: "roulette.7",
  outcome: { pocket: 17 },
  server_seed: "s",
  client_seed: "c",
  nonce: 7,
};

test("the bets of a round stay known while the next one takes bets", () => {
  const bet = { player: "ann", bet: "roulette.7.1", amount: 100, selection: { kind: "black" } };
  const snapshot = snapshotOf({
    game: "roulette",
    round: { round: "roulette.7", number: 7, server_seed_hash: "aa" },
    bets: [bet],
  });
  let state = fromSnapshot("roulette", "e", 1, snapshot);
  const results = [{ player: "ann", bet: "roulette.7.1", amount: 100, result: "win", payout: 200 }];
  for (const event of [
    { ...ended, results },
    { type: "round_opened", round: "roulette.8", number: 8, server_seed_hash: "bb", closes_at: 1 },
  ])
    state = applyEvent(state, event, reduce);
  assert.deepEqual(state.view.settled, [{ ...bet, ...results[0] }]);
  assert.equal(state.view.phase, "betting");
  state = applyEvent(state, { type: "round_started", started_at: 1 }, reduce);
  assert.equal(state.view.settled, undefined);
});

test("past pockets are shown by colour and in words", () => {
  assert.deepEqual(resultText({ pocket: 17 }), { text: "17 black", tone: "plain" });
  assert.deepEqual(resultText({ pocket: 1 }), { text: "1 red", tone: "bad" });
  assert.deepEqual(resultText({ pocket: 0 }), { text: "0", tone: "good" });
});

// ---- the rules ----

/** @type {any} */
const proof = Object.values(
  JSON.parse(readFileSync(new URL("../../docs/vectors/rounds.json", import.meta.url), "utf8")).rounds,
).find((/** @type {any} */ each) => each.game === "roulette" && each.bets.length > 5);

function round() {
  const { journal, options, opened_at_ms: openedAt } = structuredClone(proof);
  const bets = journal.map(([, command]) => command).filter((command) => command.do === "bet");
  return { draws: [0.1], bets, journal, options, openedAt };
}

test("an invalid journal is not replayed", () => {
  assert.equal(play(round()).outcome.pocket, 3);
  const late = round();
  late.journal[0][0] += 20_000;
  assert.throws(() => play(late), /Bet 1 came after bets were closed/);
  const moved = round();
  moved.journal.push([moved.openedAt + 1, { do: "act", seat: 0, action: { action: "cashout" } }]);
  assert.throws(() => play(moved), /no moves but the bet/);
  const nowhere = round();
  nowhere.bets[1].selection = { kind: "split", numbers: [1, 36] };
  assert.throws(() => play(nowhere), /Bet 2 is not on the layout/);
  const greedy = round();
  greedy.journal = Array.from({ length: 51 }, (_, n) => [greedy.openedAt, { ...greedy.bets[0], number: n + 1 }]);
  assert.throws(() => play(greedy), /Bet 51 exceeds its player/);
});

test("stakes beyond the precision of doubles are paid exactly", () => {
  const bets = [
    {
      do: "bet",
      seat: 0,
      number: 1,
      amount: 250_199_979_298_361,
      client_seed: "c",
      selection: { kind: "straight", numbers: [0] },
    },
  ];
  assert.deepEqual(play({ draws: [0], bets, journal: [], options: {}, openedAt: 0 }).results, [
    { result: "win", payout: 9_007_199_254_740_996 },
  ]);
});
