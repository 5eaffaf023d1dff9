/** What the operator announces: shown once, until the player dismisses it. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Announcements } from "../../server/client/announcements.js";
import { fakeWire, welcome } from "./fakes.js";

const notice = (number, text = "The server restarts at 18:00.") => ({ notice: "announcement", number, text, at: 1 });
const numbers = ({ shown }) => shown.value.map(({ number }) => number);

// A connected wire beats for ever.
test.beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
test.afterEach(() => mock.timers.reset());

test("an announcement that the server sends is shown until it is dismissed", async () => {
  const fake = fakeWire();
  await welcome(fake);
  fake.socket().say(notice(7));
  assert.deepEqual(fake.wire.announcements.shown.value, [notice(7)]);
  fake.wire.announcements.dismiss(7);
  assert.deepEqual(fake.wire.announcements.shown.value, []);
});

test("another node that says it again is not heard, not even after the player dismissed it", () => {
  const announcements = new Announcements();
  announcements.heard(notice(7));
  announcements.heard(notice(7));
  assert.deepEqual(numbers(announcements), [7]);
  announcements.dismiss(7);
  announcements.heard(notice(7));
  assert.deepEqual(numbers(announcements), []);
});

test("only the newest three are shown", () => {
  const announcements = new Announcements();
  for (const number of [1, 2, 3, 4]) announcements.heard(notice(number));
  assert.deepEqual(numbers(announcements), [2, 3, 4]);
  announcements.dismiss(3);
  assert.deepEqual(numbers(announcements), [2, 4]);
});
