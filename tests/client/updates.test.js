/** Noticing that the server has another build of the client. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals-core";
import { Updates } from "../../server/client/updates.js";
import { settle } from "./fakes.js";

/** @param {string} own */
function updatesOf(own) {
  const server = { build: "one", asked: 0, now: 0, down: false };
  const ask = async () => {
    server.asked += 1;
    if (server.down) throw new Error("down");
    return { build: server.build };
  };
  return { server, updates: new Updates({ own, ask, now: () => server.now }) };
}

test("the same build is no news, another one is", async () => {
  const { server, updates } = updatesOf("one");
  assert.equal(await updates.look(), false);
  server.build = "two";
  assert.equal(await updates.look(), true);
  assert.equal(updates.newer.value, true);
});

test("a server that does not answer changes nothing", async () => {
  const { server, updates } = updatesOf("one");
  server.down = true;
  assert.equal(await updates.look(), false);
  server.down = false;
  server.build = "two";
  await updates.look();
  server.down = true;
  assert.equal(await updates.look(), true);
});

test("a page without a build never asks", async () => {
  const { server, updates } = updatesOf("");
  assert.equal(await updates.look(), false);
  assert.equal(server.asked, 0);
});

test("it looks after a lost connection, and seldom while the connection keeps failing", async () => {
  const { server, updates } = updatesOf("one");
  const connection = signal(/** @type {import("../../server/client/shapes.d.ts").Connection} */ ("connecting"));
  const stop = updates.follow({ connection });
  connection.value = "online";
  assert.equal(server.asked, 0);
  for (let again = 0; again < 5; again++) {
    connection.value = "offline";
    connection.value = "connecting";
  }
  assert.equal(server.asked, 1);
  server.build = "two";
  connection.value = "online";
  await settle();
  assert.equal(server.asked, 2);
  assert.equal(updates.newer.value, true);
  stop();
});
