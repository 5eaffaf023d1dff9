/** Bets in void rounds: the player is told of each once, by the room's page or by a notice. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { RoomStore } from "../../server/client/rooms.js";
import { VoidBets } from "../../server/client/void_bets.js";
import { fakeWire, memoryStore, settle, snapshotOf, welcome } from "./fakes.js";

const user = { username: "ada", client_seed: "s" };
const voidBet = (bet, more = {}) => ({
  bet,
  game: "dice",
  room: "dice~1",
  amount: 50,
  reason: "owner_lost",
  ended_at: 1,
  ...more,
});

test.beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
test.afterEach(() => mock.timers.reset());

test("a bet of the last connection is told once, also to the page that is loaded next", async () => {
  const fake = fakeWire({ token: "t" });
  const { voidBets } = fake.wire;
  await welcome(fake, { user, void_bets: [voidBet("dice~1.4.1")] });
  mock.timers.tick(1_000);
  assert.deepEqual(voidBets.news.value, [voidBet("dice~1.4.1")]);
  const reloaded = new VoidBets(voidBets.store);
  reloaded.reported([voidBet("dice~1.9.1"), voidBet("dice~1.4.1")]);
  mock.timers.tick(1_000);
  assert.deepEqual(
    reloaded.news.value.map(({ bet }) => bet),
    ["dice~1.9.1"],
  );
});

test("what a room on the page shows is not told a second time", async () => {
  const fake = fakeWire({ token: "t" });
  await welcome(fake, { user });
  const store = new RoomStore("crash", fake.wire);
  const bets = [
    { player: "ada", bet: "crash.1.1", amount: 50, selection: {} },
    { player: "bob", bet: "crash.1.2", amount: 70, selection: {} },
  ];
  store.snapshot("e", 1, snapshotOf({ bets, you: { player: "ada", session: 1 } }));
  store.frame(2, [{ type: "round_void", round: "crash.1", reason: "owner_lost" }]);
  await settle();
  fake.wire.voidBets.reported([voidBet("crash.1.1"), voidBet("crash.1.2")]);
  mock.timers.tick(1_000);
  assert.deepEqual(
    fake.wire.voidBets.news.value.map(({ bet }) => bet),
    ["crash.1.2"],
  );
});

test("only the latest bets are remembered", () => {
  const store = memoryStore();
  const voidBets = new VoidBets(store);
  voidBets.seen(Array.from({ length: 150 }, (_, number) => `dice~1.${number}.1`));
  assert.equal(store.getItem("croupier.void_bets").split(" ").length, 100);
  assert.ok(store.getItem("croupier.void_bets").endsWith("dice~1.149.1"));
});
