/** The order of rooms in the lobby, and the room of the quick seat. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inOrder, quickSeat } from "../../server/client/lobby_order.js";

const room = (name, players, more = {}) => ({
  room: name,
  title: name,
  players,
  seats: 9,
  shared: true,
  private: false,
  paused: null,
  ...more,
});
const names = (rooms) => rooms.map((each) => each.room);

test("where most people play comes first, and nothing moves while it is looked at", () => {
  const first = inOrder([room("crash", 1), room("roulette", 4), room("blackjack", 1)], []);
  assert.deepEqual(names(first), ["roulette", "blackjack", "crash"]);
  const later = inOrder([room("crash", 9), room("holdem", 8), room("roulette", 0), room("blackjack", 1)], names(first));
  assert.deepEqual(names(later), ["roulette", "blackjack", "crash", "holdem"]);
});

test("the quick seat is in the liveliest public room with a free seat", () => {
  const rooms = [
    room("full", 9),
    room("private", 8, { private: true }),
    room("paused", 7, { paused: "database" }),
    room("alone", 6, { shared: false }),
    room("lively", 5),
    room("quiet", 1),
  ];
  assert.equal(quickSeat(rooms)?.room, "lively");
  assert.equal(quickSeat([room("full", 9)]), null);
});
