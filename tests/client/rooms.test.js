/** Room stores: one per room, up to date, with bets that happen once. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { joinGame, newKey, openRoom, setTiles } from "../../server/client/rooms.js";
import { fixedSeed } from "../../server/client/seeds.js";
import { fakeWire, helloOk, settle, snapshotOf, welcome } from "./fakes.js";

test.beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
test.afterEach(() => {
  mock.timers.tick(10_000);
  mock.timers.reset();
});

let rooms = 0;
const ADA = { username: "ada", client_seed: "s" };

async function watching() {
  const fake = fakeWire({ token: "t" });
  await welcome(fake, { user: ADA });
  const room = `crash-${++rooms}`;
  const store = openRoom(room, null, fake.wire);
  fake.socket().answer("watch", { room, epoch: "e", seq: 1, snapshot: snapshotOf() });
  await settle();
  return { fake, room, store };
}

test("users of a room share its store, and the last one to leave stops it", async () => {
  const { fake, room, store } = await watching();
  assert.equal(openRoom(room, null, fake.wire), store);
  assert.equal(store.view.value.phase, "betting");
  store.close();
  mock.timers.tick(6_000);
  assert.equal(fake.socket().last("unwatch"), undefined);
  store.close();
  mock.timers.tick(6_000);
  assert.equal(fake.socket().last("unwatch").room, room);
});

test("frames go through the game's reducer, and listeners hear each event", async () => {
  setTiles({
    crash: { reduce: (view, event) => (event.type === "tick" ? { ...view, multiplier: event.multiplier } : view) },
  });
  const { fake, room, store } = await watching();
  const heard = [];
  const stop = store.onEvent((event) => heard.push(event.type));
  fake.socket().say({
    room,
    seq: 2,
    events: [
      { type: "tick", multiplier: 2 },
      { type: "spectators", count: 3 },
    ],
  });
  stop();
  fake.socket().say({ room, seq: 3, events: [{ type: "spectators", count: 4 }] });
  assert.equal(store.view.value.multiplier, 2);
  assert.equal(store.spectators.value, 4);
  assert.deepEqual(heard, ["tick", "spectators"]);
  store.close();
});

test("a bet whose answer was lost is sent again with its key, and only in its own round", async () => {
  const { fake, room, store } = await watching();
  const placed = store.bet({ amount: 50, selection: { auto_cashout: 2 } });
  const first = fake.socket().last("bet");
  fake.socket().end(1006);
  await settle();
  mock.timers.tick(1_000);
  fake.socket().onopen();
  fake.socket().answer("hello", helloOk({ user: ADA, resumed: { [room]: "frames" } }));
  await settle();
  await settle();
  const second = fake.socket().last("bet");
  assert.equal(second.key, first.key);
  assert.deepEqual([first.round, second.round], ["crash.1", "crash.1"]);
  assert.equal(second.client_seed, first.client_seed);
  fake.socket().answer("bet", { bet: "crash.1.1", round: "crash.1", balance: 9, held: 5, version: 2 });
  assert.equal((await placed).bet, "crash.1.1");
  store.close();
});

test("a refused bet is not sent again", async () => {
  const { fake, store } = await watching();
  const placed = store.bet({ amount: 50 });
  fake.socket().refuse("bet", { code: "betting_closed", message: "", retry: true });
  await assert.rejects(placed, { code: "betting_closed" });
  assert.equal(fake.socket().sent.filter((message) => message.do === "bet").length, 1);
  store.close();
});

/** Cut the connection, and let the wire connect again. */
async function reconnect(fake, room, user = ADA) {
  fake.socket().end(1006);
  await settle();
  mock.timers.tick(1_000);
  fake.socket().onopen();
  fake.socket().answer("hello", helloOk({ user, resumed: { [room]: "frames" } }));
  await settle();
  await settle();
}

for (const [verb, send] of [
  ["act", (store) => store.act("double", { hand: 1 })],
  ["leave", (store) => store.leave()],
]) {
  test(`${verb} whose answer was lost is sent again as it was, as often as it takes`, async () => {
    const { fake, room, store } = await watching();
    const sent = send(store);
    const { id: _, ...first } = fake.socket().last(verb);
    assert.match(first.key, /^[0-9a-f-]{32,36}$/);
    if (verb === "act") assert.deepEqual([first.action, first.hand, first.round], ["double", 1, "crash.1"]);
    for (let time = 0; time < 2; time++) {
      await reconnect(fake, room);
      const { id: __, ...again } = fake.socket().last(verb);
      assert.deepEqual(again, first);
    }
    fake.socket().answer(verb, {});
    await sent;
    const next = send(store);
    assert.notEqual(fake.socket().last(verb).key, first.key);
    fake.socket().answer(verb, {});
    await next;
    store.close();
  });
}

test("a command is not sent again for another player", async () => {
  for (const user of [{ username: "bob", client_seed: "s" }, null]) {
    const { fake, room, store } = await watching();
    const [bet, move] = [store.bet({ amount: 50 }), store.act("double")];
    const refused = Promise.all([bet, move].map((each) => assert.rejects(each, { code: "disconnected" })));
    await reconnect(fake, room, user);
    await refused;
    assert.equal(fake.socket().last("bet"), undefined);
    assert.equal(fake.socket().last("act"), undefined);
    store.close();
  }
});

test("a move that the server refused is not sent again", async () => {
  const { fake, store } = await watching();
  const sent = store.act("double");
  const before = fake.socket().sent.length;
  fake.socket().refuse("act", { code: "unavailable", message: "", retry: true });
  await assert.rejects(sent, { code: "unavailable" });
  assert.equal(fake.socket().sent.length, before);
  store.close();
});

const opening = (/** @type {number} */ number) => ({
  type: "round_opened",
  round: `crash.${number}`,
  number,
  server_seed_hash: "bb",
});

test("each round has a fresh client seed, and all bets of the round carry it", async () => {
  const { fake, room, store } = await watching();
  const sent = [];
  for (let number = 1; number <= 3; number++) {
    if (number > 1) fake.socket().say({ room, seq: number, events: [opening(number)] });
    for (let bet = 1; bet <= 2; bet++) {
      const placed = store.bet({ amount: 50 });
      const { round, client_seed } = fake.socket().last("bet");
      assert.equal(round, `crash.${number}`);
      assert.match(client_seed, /^[0-9a-f]{32}$/);
      sent.push(client_seed);
      fake.socket().answer("bet", { bet: `${round}.${bet}`, round, balance: 9, held: 5, version: 2 });
      await placed;
    }
  }
  assert.equal(new Set(sent).size, 3);
  assert.deepEqual([sent[0], sent[2], sent[4]], [sent[1], sent[3], sent[5]]);
  store.close();
});

test("a fixed client seed is sent as it is, but only by the account whose seed it is", async () => {
  const { fake, store } = await watching();
  const seedOfNextBet = async () => {
    const placed = store.bet({ amount: 50 });
    fake.socket().answer("bet", { bet: "crash.1.1", round: "crash.1", balance: 9, held: 5, version: 2 });
    await placed;
    return fake.socket().last("bet").client_seed;
  };
  fixedSeed.set("s");
  assert.equal(await seedOfNextBet(), "s");
  assert.deepEqual(store.clientSeed("crash.1"), { seed: "s", fixed: true });
  fixedSeed.set("of another account");
  assert.match(await seedOfNextBet(), /^[0-9a-f]{32}$/);
  fixedSeed.clear();
  assert.equal(store.clientSeed("crash.1").fixed, false);
  store.close();
});

test("our seed counts only if the first bet of the round came from this page", async () => {
  const { fake, room, store } = await watching();
  const bet = async (/** @type {string} */ round) => {
    const placed = store.bet({ amount: 50 });
    fake.socket().answer("bet", { bet: `${round}.1`, round, balance: 9, held: 5, version: 2 });
    await placed;
  };
  const you = { player: "ada", session: 1, seat: 0 };
  const carried = [{ player: "ada", bet: "crash.1.1", amount: 5, selection: {} }];
  store.snapshot("e", 1, snapshotOf({ you, bets: carried }));
  await bet("crash.1");
  assert.equal(store.isSeedSent("crash.1"), false);
  fake.socket().say({ room, seq: 2, events: [opening(2)] });
  await bet("crash.2");
  assert.equal(store.isSeedSent("crash.2"), true);
  store.close();
});

test("a bet that comes as the next round opens is placed in that one, with its own seed", async () => {
  const { fake, room, store } = await watching();
  const placed = store.bet({ amount: 50 });
  const first = fake.socket().last("bet");
  fake.socket().say({ room, seq: 2, events: [opening(2)] });
  fake.socket().refuse("bet", { code: "betting_closed", message: "", retry: true });
  await settle();
  const second = fake.socket().last("bet");
  assert.deepEqual([first.round, second.round], ["crash.1", "crash.2"]);
  assert.notEqual(first.client_seed, second.client_seed);
  fake.socket().answer("bet", { bet: "crash.2.1", round: "crash.2", balance: 9, held: 5, version: 2 });
  assert.equal((await placed).round, "crash.2");
  store.close();
});

test("a reconnect reports what was missed", async () => {
  const { fake, room, store } = await watching();
  fake.socket().say({ notice: "wallet", balance: 1_000, held: 0, version: 1 });
  fake.socket().end(1006);
  mock.timers.tick(1_000);
  fake.socket().onopen();
  fake.socket().answer("hello", helloOk({ resumed: { [room]: "snapshot" } }));
  await settle();
  const later = snapshotOf({ round: { round: "crash.4", number: 4, server_seed_hash: "bb" } });
  fake.socket().say({ room, epoch: "e", seq: 40, snapshot: later });
  fake.socket().say({ notice: "wallet", balance: 1_250, held: 0, version: 2 });
  mock.timers.tick(500);
  assert.deepEqual(store.missed.value, { rounds: 3, change: 250 });
  store.close();
});

test("after a reconnect, a void round does not count as an ended round", async () => {
  const { fake, room, store } = await watching();
  fake.socket().say({ notice: "wallet", balance: 1_000, held: 50, version: 1 });
  fake.socket().say({
    room,
    seq: 2,
    events: [{ type: "bet_placed", player: "ada", bet: "crash.1.1", amount: 50, selection: {} }],
  });
  fake.socket().end(1006);
  mock.timers.tick(1_000);
  fake.socket().onopen();
  fake.socket().answer("hello", helloOk({ resumed: { [room]: "snapshot" } }));
  await settle();
  const next = snapshotOf({ round: { round: "crash.2", number: 2, server_seed_hash: "bb" } });
  fake.socket().say({ room, epoch: "of the next owner", seq: 3, snapshot: next });
  mock.timers.tick(500);
  assert.equal(store.state.value.voided.round, "crash.1");
  assert.equal(store.missed.value, null);
  store.close();
});

test("taking and leaving a seat", async () => {
  const { fake, room, store } = await watching();
  const joined = store.join();
  fake.socket().answer("join", {
    room,
    session: 7,
    epoch: "e",
    seq: 2,
    snapshot: snapshotOf({ you: { player: "ada", session: 7, seat: 0 } }),
  });
  await joined;
  assert.equal(store.you.value.session, 7);
  const left = store.leave();
  fake.socket().answer("leave", {});
  await left;
  assert.equal(store.you.value, null);
  store.close();
});

test("a single-player game opens a new room", async () => {
  const { fake, store } = await watching();
  const joining = joinGame("dice", fake.wire);
  assert.equal(fake.socket().last("join").game, "dice");
  fake
    .socket()
    .answer("join", { room: "dice-abc", session: 8, epoch: "x", seq: 0, snapshot: snapshotOf({ game: "dice" }) });
  const own = await joining;
  assert.equal(own.room, "dice-abc");
  assert.equal(own.state.value.game, "dice");
  fake.socket().say({ room: "dice-abc", seq: 1, events: [{ type: "room_closed" }] });
  assert.equal(own.state.value.closed, true);
  own.close();
  store.close();
});

test("keys are unique, also without a secure context", () => {
  assert.notEqual(newKey(), newKey());
  const insecure = { getRandomValues: (bytes) => globalThis.crypto.getRandomValues(bytes) };
  assert.match(newKey(insecure), /^[0-9a-f]{32}$/);
});

test("a delayed room has a delayed clock until we take a seat", async () => {
  const { fake, room, store } = await watching();
  const terms = { owner: "bob", seats: 2, listed: true, watch: "everybody", delay: 20, invited_only: false };
  const behind = () => Math.abs(Math.round((fake.wire.serverNow() - store.now()) / 1_000));
  assert.equal(behind(), 0);
  fake.socket().say({ room, epoch: "late", seq: 3, snapshot: snapshotOf({ private: terms }) });
  assert.equal(behind(), 20);
  const you = { player: "ada", session: 7, seat: 0 };
  fake.socket().say({ room, epoch: "e", seq: 9, snapshot: snapshotOf({ private: terms, you }) });
  assert.equal(behind(), 0);
  store.close();
});

test("a refused room is requested again when it is opened again", async () => {
  const { fake, room, store } = await watching();
  fake.socket().say({ room, private: [{ type: "room_closed" }] });
  assert.equal(store.state.value.closed, true);
  store.close();
  assert.equal(openRoom(room, null, fake.wire), store);
  fake.socket().answer("watch", { room, epoch: "e", seq: 5, snapshot: snapshotOf() });
  await settle();
  assert.equal(store.state.value.closed, false);
  store.close();
});
