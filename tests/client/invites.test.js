/** Invitations to private rooms are sent with requests for their room and with nothing else. */

import assert from "node:assert/strict";
import test from "node:test";
import { invited, invitePath, keepInvite, waysIn, wrongInvites } from "../../server/client/invites.js";
import { openRoom } from "../../server/client/rooms.js";
import { fakeWire, settle, snapshotOf, welcome } from "./fakes.js";

const refusal = { code: "no_such_room", message: "There is no such room.", retry: false };
const found = { epoch: "e", seq: 3, snapshot: snapshotOf() };

test("an invitation is kept by room", () => {
  keepInvite("coinduel-1", "abc_-9");
  keepInvite("coinduel-2", null);
  keepInvite("coinduel-3", "x".repeat(65));
  assert.deepEqual(invited("coinduel-1"), { invite: "abc_-9" });
  for (const room of ["coinduel-2", "coinduel-3", "crash"]) assert.deepEqual(invited(room), {});
});

test("a link contains the room and the invitation", () => {
  assert.equal(invitePath("coinduel-1", "abc_-9"), "/rooms/coinduel-1?invite=abc_-9");
});

test("the owner tells a code, an invited player the invitation, others the address", () => {
  const owner = waysIn("coinduel-4", { code: "K7XW2P" });
  assert.deepEqual(owner, { path: "/join/K7XW2P", code: "K7XW2P", screen: "/rooms/coinduel-4/screen?code=K7XW2P" });
  keepInvite("coinduel-5", "abc");
  const invitee = waysIn("coinduel-5", {});
  assert.deepEqual(
    [invitee.path, invitee.screen],
    ["/rooms/coinduel-5?invite=abc", "/rooms/coinduel-5/screen?invite=abc"],
  );
  assert.deepEqual(waysIn("crash", null), { path: "/rooms/crash", code: "crash", screen: "/rooms/crash/screen" });
});

test("it is sent when the room is watched, joined and resumed", async () => {
  keepInvite("holdem-7", "secret");
  const fake = fakeWire();
  await welcome(fake);
  const store = openRoom("holdem-7", null, fake.wire);
  const other = openRoom("crash", null, fake.wire);
  const [first, second] = fake.socket().sent.filter((message) => message.do === "watch");
  assert.deepEqual([first.room, first.invite], ["holdem-7", "secret"]);
  assert.deepEqual([second.room, "invite" in second], ["crash", false]);
  fake.socket().say({ re: first.id, ok: { room: "holdem-7", ...found } });
  fake.socket().say({ re: second.id, ok: { room: "crash", ...found } });
  await settle();
  void store.join().catch(() => undefined);
  assert.equal(fake.socket().last("join").invite, "secret");
  fake.socket().end();
  fake.wire.connect();
  fake.socket().onopen();
  const resume = { "holdem-7": { epoch: "e", seq: 3, invite: "secret" }, crash: { epoch: "e", seq: 3 } };
  assert.deepEqual(fake.socket().last("hello").resume, resume);
  store.close();
  other.close();
  fake.socket().end(4100);
});

test("a player who is invited after a refusal sees the room", async () => {
  const fake = fakeWire();
  await welcome(fake);
  const store = openRoom("holdem-8", null, fake.wire);
  fake.socket().refuse("watch", refusal);
  await settle();
  assert.equal(store.error.value?.code, "no_such_room");
  keepInvite("holdem-8", "late");
  assert.equal(openRoom("holdem-8", null, fake.wire), store);
  assert.equal(store.error.value, null);
  assert.equal(fake.socket().last("watch").invite, "late");
  fake.socket().answer("watch", { room: "holdem-8", ...found });
  await settle();
  assert.ok(store.state.value);
  store.close();
  store.close();
  fake.socket().end(4100);
});

test("a wrong invitation is forgotten and reported, until a right one comes", async () => {
  const fake = fakeWire();
  await welcome(fake);
  keepInvite("holdem-9", "wron");
  const store = openRoom("holdem-9", null, fake.wire);
  const watch = () => fake.socket().last("watch");
  fake.socket().say({ re: watch().id, ok: { room: "holdem-9", ...found, invited: false } });
  await settle();
  assert.deepEqual([...wrongInvites.value], ["holdem-9"]);
  assert.deepEqual(invited("holdem-9"), {});
  keepInvite("holdem-9", "right");
  store.again();
  fake.socket().say({ re: watch().id, ok: { room: "holdem-9", ...found, invited: true } });
  await settle();
  assert.deepEqual([...wrongInvites.value], []);
  assert.deepEqual(invited("holdem-9"), { invite: "right" });
  store.close();
  fake.socket().end(4100);
});
