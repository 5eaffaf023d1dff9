/** The connection: hello, answers, reconnecting, and being signed out. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fakeWire, helloOk, settle, snapshotOf, welcome } from "./fakes.js";

const user = { username: "ada", client_seed: "s" };

test.beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
test.afterEach(() => mock.timers.reset());

test("says hello with its token first and is online after the answer", async () => {
  const fake = fakeWire({ token: "t0" });
  fake.wire.connect();
  fake.wire.connect();
  assert.equal(fake.sockets.length, 1);
  assert.equal(fake.wire.connection.value, "connecting");
  await assert.rejects(fake.wire.request("ping", {}), { code: "offline", retry: true });
  fake.socket().onopen();
  assert.deepEqual(fake.socket().sent, [{ id: 1, do: "hello", token: "t0", resume: {} }]);
  fake.socket().answer("hello", helloOk({ user, server_time: Date.now() + 5_000 }));
  await settle();
  assert.equal(fake.wire.connection.value, "online");
  assert.deepEqual(fake.wire.me.value, user);
  assert.ok(Math.abs(fake.wire.serverNow() - Date.now() - 5_000) < 200);
});

test("answers and errors reach their requests", async () => {
  const fake = fakeWire();
  await welcome(fake);
  const chat = fake.wire.request("chat", { room: "crash", text: "hi" });
  const bet = fake.wire.request("bet", { room: "crash", amount: 5, key: "k" });
  fake.socket().refuse("bet", { code: "insufficient_funds", message: "no", retry: false });
  fake.socket().answer("chat", {});
  assert.deepEqual(await chat, {});
  await assert.rejects(bet, { code: "insufficient_funds", retry: false });
});

test("the wallet follows its version and never goes back", async () => {
  const fake = fakeWire({ token: "t" });
  await welcome(fake, { user });
  fake.socket().say({ notice: "wallet", balance: 100, held: 0, version: 3 });
  fake.socket().say({ notice: "wallet", balance: 900, held: 0, version: 2 });
  assert.deepEqual(fake.wire.wallet.value, { balance: 100, held: 0, version: 3 });
  const bet = fake.wire.request("bet", { room: "crash", amount: 5, key: "k" });
  fake.socket().answer("bet", { bet: "crash.1.1", round: "crash.1", balance: 100, held: 5, version: 3 });
  await bet;
  assert.equal(fake.wire.wallet.value.held, 5);
});

test("reconnects with back-off, resumes its rooms, and rejects lost requests", async () => {
  const fake = fakeWire();
  const seen = [];
  fake.wire.follow("crash", { snapshot: (_, seq) => seen.push(seq), frame: (seq) => seen.push(seq) });
  await welcome(fake);
  fake.socket().answer("watch", { room: "crash", epoch: "e", seq: 4, snapshot: snapshotOf() });
  await settle();
  fake.socket().say({ room: "crash", seq: 5, events: [] });
  const lost = fake.wire.request("chat", { room: "crash", text: "hi" });
  fake.socket().end(1006);
  await assert.rejects(lost, { code: "disconnected", retry: true });
  assert.equal(fake.wire.connection.value, "offline");
  mock.timers.tick(199);
  assert.equal(fake.sockets.length, 1);
  mock.timers.tick(1);
  assert.equal(fake.sockets.length, 2);
  fake.socket().onopen();
  assert.deepEqual(fake.socket().last("hello").resume, { crash: { epoch: "e", seq: 5 } });
  fake.socket().answer("hello", helloOk({ resumed: { crash: "frames" } }));
  await settle();
  fake.socket().say({ room: "crash", seq: 6, events: [] });
  assert.deepEqual(seen, [4, 5, 6]);
  assert.equal(fake.socket().last("watch"), undefined);
});

test("waits longer each time, and at least as long as a goodbye asks", async () => {
  const fake = fakeWire();
  await welcome(fake);
  fake.socket().say({ notice: "goodbye", code: "going_away", message: "", retry: true, retry_after_ms: 3_000 });
  fake.socket().end(1001);
  assert.equal(fake.wire.goodbye.value, "going_away");
  mock.timers.tick(3_199);
  assert.equal(fake.sockets.length, 1);
  mock.timers.tick(1);
  assert.equal(fake.sockets.length, 2);
  fake.socket().end(1006);
  mock.timers.tick(399);
  assert.equal(fake.sockets.length, 2);
  mock.timers.tick(1);
  assert.equal(fake.sockets.length, 3);
});

test("a refusal for too many connections has its reason until the connection stands", async () => {
  const fake = fakeWire({ token: "t" });
  fake.wire.connect();
  fake.socket().onopen();
  fake.socket().refuse("hello", { code: "rate_limited", message: "Too many connections.", retry: true });
  await settle();
  assert.deepEqual([fake.wire.connection.value, fake.wire.goodbye.value], ["offline", "too_many_connections"]);
  mock.timers.tick(15_000);
  assert.equal(fake.wire.goodbye.value, "too_many_connections", "also while it tries again");
  await welcome(fake, { user });
  assert.deepEqual([fake.wire.connection.value, fake.wire.goodbye.value], ["online", null]);
});

test("a gap in a room requests its snapshot; a closed room is reported", async () => {
  const fake = fakeWire();
  const seen = [];
  await welcome(fake);
  fake.wire.follow("crash", {
    snapshot: (_, seq) => seen.push(seq),
    frame: (seq) => seen.push(seq),
    gone: (code) => seen.push(code),
  });
  fake.socket().answer("watch", { room: "crash", epoch: "e", seq: 4, snapshot: snapshotOf() });
  await settle();
  fake.socket().say({ room: "crash", seq: 9, events: [] });
  assert.equal(fake.socket().sent.filter((message) => message.do === "watch").length, 2);
  fake.socket().refuse("watch", { code: "no_such_room", message: "", retry: false });
  await settle();
  assert.deepEqual(seen, [4, "no_such_room"]);
});

test("does not reconnect once signed out, and drops the token", async () => {
  const fake = fakeWire({ token: "t" });
  await welcome(fake, { user });
  fake.socket().end(4100);
  assert.equal(fake.wire.connection.value, "signed_out");
  assert.equal(fake.wire.signedOutBy.value, "signed_out");
  assert.equal(fake.wire.token.get(), null);
  assert.equal(fake.wire.me.value, null);
  mock.timers.tick(60_000);
  assert.equal(fake.sockets.length, 1);
});

test("after a sign-in in another tab, it continues with the new token", async () => {
  const fake = fakeWire({ token: "old" });
  await welcome(fake, { user });
  fake.wire.token.set("new");
  fake.socket().end(4100);
  assert.equal(fake.sockets.length, 2);
  fake.socket().onopen();
  assert.equal(fake.socket().last("hello").token, "new");
});

test("a call that replaces the token is no sign-out, however early the goodbye comes", async () => {
  const fake = fakeWire({ token: "old" });
  await welcome(fake, { user });
  const changed = fake.wire.replaceToken(async () => {
    const about = { code: "signed_out", reason: "password_changed", message: "", retry: false, retry_after_ms: 0 };
    fake.socket().say({ notice: "goodbye", ...about });
    fake.socket().end(4100);
    return { token: "new" };
  });
  await changed;
  assert.equal(fake.wire.token.get(), "new");
  assert.equal(fake.wire.signedOutBy.value, null);
  fake.socket().onopen();
  assert.equal(fake.socket().last("hello").token, "new");
});

test("a call that fails to replace the token leaves us signed in", async () => {
  const fake = fakeWire({ token: "old" });
  await welcome(fake, { user });
  await assert.rejects(fake.wire.replaceToken(() => Promise.reject(new Error("wrong"))));
  assert.equal(fake.wire.token.get(), "old");
  assert.equal(fake.sockets.length, 1);
  fake.socket().end(4100);
  assert.equal(fake.wire.connection.value, "signed_out");
});

test("the reason of the goodbye is why we were signed out", async () => {
  const fake = fakeWire({ token: "t" });
  await welcome(fake, { user });
  const about = { code: "signed_out", reason: "token_expired", message: "", retry: false, retry_after_ms: 0 };
  fake.socket().say({ notice: "goodbye", ...about });
  fake.socket().end(4100);
  assert.equal(fake.wire.signedOutBy.value, "token_expired");
});

test("an invalid token makes us a spectator", async () => {
  const fake = fakeWire({ token: "t" });
  fake.wire.connect();
  fake.socket().onopen();
  fake.socket().refuse("hello", { code: "token_expired", message: "", retry: false });
  await settle();
  assert.equal(fake.sockets.length, 2);
  assert.equal(fake.wire.signedOutBy.value, "token_expired");
  fake.socket().onopen();
  assert.equal("token" in fake.socket().last("hello"), false);
});

test("a request without an answer drops the connection", async () => {
  const fake = fakeWire();
  await welcome(fake);
  const asked = fake.wire.request("ping", {});
  mock.timers.tick(10_000);
  await assert.rejects(asked, { code: "timeout", retry: true });
  assert.equal(fake.wire.connection.value, "offline");
});

test("waiting for the connection ends when it is online or times out", async () => {
  const fake = fakeWire();
  fake.wire.connect();
  const early = fake.wire.online(1_000);
  mock.timers.tick(1_000);
  await assert.rejects(early, { code: "offline" });
  const later = fake.wire.online(1_000);
  await welcome(fake);
  await later;
  await fake.wire.online(1);
});

test("signing in and out starts a new connection each time", async () => {
  const fake = fakeWire();
  await welcome(fake);
  fake.wire.signIn("t1");
  assert.equal(fake.sockets[0].closedWith, 1000);
  await welcome(fake, { user });
  assert.equal(fake.socket().last("hello").token, "t1");
  fake.wire.signOut();
  assert.equal(fake.wire.me.value, null);
  assert.equal(fake.sockets.length, 3);
});
