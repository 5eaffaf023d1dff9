/** The server's time, estimated from answers and frames and counted on a monotonic clock. */

import assert from "node:assert/strict";
import test from "node:test";
import { ServerClock } from "../../server/client/server_clock.js";

const SERVER = 1_795_000_000_000;

/** The client's clock, which the test moves, and the server's time, which is `ahead` of it. */
function clocks({ ahead = SERVER } = {}) {
  const world = { ours: 5_000, ahead };
  const clock = new ServerClock(() => world.ours);
  const server = () => world.ours + world.ahead;
  return {
    world,
    clock,
    server,
    pass: (/** @type {number} */ ms) => (world.ours += ms),
    /** A frame arrives that was sent `ago` ms ago. */
    frame: (ago = 0, { room = "crash", opens = false, behind = 0 } = {}) =>
      clock.heard(room, server() - ago - behind, opens),
    /** An answer arrives whose request and reply took this long. */
    answer: (there = 0, back = 0) => {
      const sent = world.ours;
      world.ours += there;
      const stamp = server();
      world.ours += back;
      clock.sample(stamp, sent, world.ours);
    },
    error: (room = "crash") => clock.now(room) - server(),
  };
}

test("the answer with the shortest round trip counts, until a clock jumps", () => {
  const { clock, error, answer, world } = clocks();
  answer(50, 50);
  assert.equal(error(), 0);
  answer(5, 5);
  assert.equal(error(), 0);
  answer(300, 0);
  assert.equal(error(), 0);
  world.ahead += 60_000;
  answer(5, 5);
  assert.equal(error(), 0);
  assert.equal(clock.now(), clock.now("another"));
});

test("the time does not depend on the device's wall clock", () => {
  const { clock, answer, pass } = clocks();
  answer(10, 10);
  const before = clock.now();
  const real = Date.now;
  try {
    for (const hours of [1, -1, 24 * 365]) {
      Date.now = () => real() + hours * 3_600_000;
      assert.equal(clock.now(), before);
    }
    pass(1_234);
    assert.equal(clock.now(), before + 1_234);
  } finally {
    Date.now = real;
  }
});

test("before the first answer, the device's wall clock has to do", () => {
  const real = Date.now();
  assert.ok(Math.abs(new ServerClock().now() - real) < 1_000);
});

test("of a room's frames the one that travelled fastest counts", () => {
  const { error, answer, frame, pass } = clocks();
  answer(400, 400);
  pass(2_000);
  for (const ago of [900, 30, 700, 80]) {
    frame(ago);
    pass(100);
  }
  assert.equal(error(), -30);
});

test("a first frame that was slow does not spoil a good answer", () => {
  const { error, answer, frame, pass } = clocks();
  answer(10, 10);
  pass(2_000);
  frame(700);
  assert.equal(error(), -10);
});

test("an answer that came back slowly is corrected by frames", () => {
  const { error, answer, frame, pass } = clocks();
  answer(0, 2_000);
  assert.equal(error(), -1_000);
  pass(2_000);
  frame(20);
  assert.equal(error(), -20);
});

test("our clock stood still while the device slept: the next frame puts it right", () => {
  const { world, error, answer, frame, pass } = clocks();
  answer(10, 10);
  pass(2_000);
  frame(20);
  world.ahead += 600_000;
  assert.equal(error(), -600_020 + 10);
  frame(25);
  assert.equal(error(), -25);
});

test("a client clock that drifts is followed", () => {
  const { world, error, answer, frame, pass } = clocks();
  answer(10, 10);
  pass(2_000);
  for (let n = 0; n < 3_000; n++) {
    pass(100);
    world.ahead -= 0.1;
    frame(20);
  }
  assert.ok(Math.abs(error()) < 60, String(error()));
});

test("frames that are sent again after a greeting don't count", () => {
  const { clock, error, answer, frame, pass } = clocks();
  answer(10, 10);
  clock.greeted();
  for (const ago of [20_000, 10_000, 5_000]) assert.equal(frame(ago, { opens: true }), false);
  assert.equal(error(), 0);
  pass(1_000);
  frame(15);
  assert.ok(Math.abs(error()) <= 15);
});

for (const step of [3 * 3_600_000, -3 * 3_600_000]) {
  test(`the server's clock is set by ${step / 3_600_000} h: a live round keeps its time, the next one has the new one`, () => {
    const { world, clock, answer, frame, pass, server } = clocks();
    answer(10, 10);
    pass(2_000);
    frame(10);
    world.ahead += step;
    pass(500);
    assert.equal(frame(10, { behind: step }), false);
    assert.ok(Math.abs(clock.now("crash") - (server() - step)) <= 10);
    assert.equal(frame(10, { opens: true }), true);
    assert.ok(Math.abs(clock.now("crash") - server()) <= 10);
    answer(5, 5);
    assert.equal(clock.now(), server());
  });
}

test("each room has its own time: another node's, or one that is shown late", () => {
  const { clock, server, answer, frame, pass } = clocks();
  answer(10, 10);
  pass(2_000);
  frame(10, { room: "slow-node", behind: 5_000 });
  frame(10, { room: "late", behind: 20_000 });
  assert.equal(clock.now("slow-node") - server(), -5_010);
  assert.equal(clock.now("late") - server(), -20_010);
  assert.equal(clock.now() - server(), 0);
  assert.equal(clock.now("quiet", 20_000) - server(), -20_000);
  clock.forget("late");
  assert.equal(clock.now("late") - server(), 0);
});

test("a frame counts for half a minute", () => {
  const { error, frame, pass, answer } = clocks();
  answer(0, 0);
  pass(2_000);
  frame(5, { behind: 10_000 });
  pass(29_000);
  assert.equal(error(), -10_005);
  pass(2_000);
  assert.equal(error(), 0);
});
