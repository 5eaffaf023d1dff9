/** The numbering of frames: none twice, none lost. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { FramePositions } from "../../server/client/frame_positions.js";

function follow() {
  const asked = [];
  const seen = [];
  const positions = new FramePositions((room) => asked.push(room));
  const sink = {
    snapshot: (epoch, seq) => seen.push(`snapshot ${epoch} ${seq}`),
    frame: (seq, events) => seen.push(`frame ${seq} ${events.length}`),
    private: (events) => seen.push(`private ${events.length}`),
    gone: (code) => seen.push(`gone ${code}`),
  };
  positions.attach("crash", sink);
  return { asked, seen, positions };
}

test("frames are numbered from the snapshot, and each counts once", () => {
  const { seen, positions, asked } = follow();
  positions.frame("crash", 5, []);
  positions.snapshot("crash", "e", 6, {});
  positions.frame("crash", 6, []);
  positions.frame("crash", 7, [{}]);
  positions.frame("crash", 7, [{}]);
  positions.private("crash", [{}]);
  positions.frame("other", 1, []);
  assert.deepEqual(seen, ["snapshot e 6", "frame 7 1", "private 1"]);
  assert.deepEqual(asked, []);
  assert.deepEqual(positions.known(), { crash: { epoch: "e", seq: 7 } });
});

test("a gap asks for a snapshot once and waits for it", () => {
  const { seen, positions, asked } = follow();
  positions.snapshot("crash", "e", 6, {});
  positions.frame("crash", 8, []);
  positions.frame("crash", 9, []);
  assert.deepEqual(asked, ["crash"]);
  positions.snapshot("crash", "e", 9, {});
  positions.frame("crash", 10, []);
  assert.deepEqual(seen, ["snapshot e 6", "snapshot e 9", "frame 10 0"]);
});

test("after a hello, frames continue, a snapshot replaces, and other rooms are requested", () => {
  const { seen, positions, asked } = follow();
  positions.snapshot("crash", "e", 6, {});
  positions.resumed({ crash: "frames" });
  positions.frame("crash", 7, []);
  positions.resumed({ crash: "snapshot" });
  positions.frame("crash", 8, []);
  positions.snapshot("crash", "f", 0, {});
  positions.resumed({});
  assert.deepEqual(asked, ["crash"]);
  positions.gone("crash", "no_such_room", "");
  assert.deepEqual(seen, ["snapshot e 6", "frame 7 0", "snapshot f 0", "gone no_such_room"]);
});

test("a room that is left is forgotten", () => {
  const { seen, positions } = follow();
  positions.detach("crash");
  positions.snapshot("crash", "e", 6, {});
  assert.deepEqual(seen, []);
  assert.deepEqual(positions.known(), {});
});

test("a room with an odd name is asked for like any other that was not resumed", () => {
  const { positions, asked } = follow();
  positions.attach("__proto__", /** @type {any} */ ({}));
  positions.resumed({ crash: "frames" });
  assert.deepEqual(asked, ["__proto__"]);
});
