/** The numbering of frames: none twice, none lost. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Places } from "../../server/client/places.js";

function follow() {
  const asked = [];
  const seen = [];
  const places = new Places((room) => asked.push(room));
  const sink = {
    snapshot: (epoch, seq) => seen.push(`snapshot ${epoch} ${seq}`),
    frame: (seq, events) => seen.push(`frame ${seq} ${events.length}`),
    private: (events) => seen.push(`private ${events.length}`),
    gone: (code) => seen.push(`gone ${code}`),
  };
  places.attach("crash", sink);
  return { asked, seen, places };
}

test("frames are numbered from the snapshot, and each counts once", () => {
  const { seen, places, asked } = follow();
  places.frame("crash", 5, []);
  places.snapshot("crash", "e", 6, {});
  places.frame("crash", 6, []);
  places.frame("crash", 7, [{}]);
  places.frame("crash", 7, [{}]);
  places.private("crash", [{}]);
  places.frame("other", 1, []);
  assert.deepEqual(seen, ["snapshot e 6", "frame 7 1", "private 1"]);
  assert.deepEqual(asked, []);
  assert.deepEqual(places.positions(), { crash: { epoch: "e", seq: 7 } });
});

test("a gap asks for a snapshot once and waits for it", () => {
  const { seen, places, asked } = follow();
  places.snapshot("crash", "e", 6, {});
  places.frame("crash", 8, []);
  places.frame("crash", 9, []);
  assert.deepEqual(asked, ["crash"]);
  places.snapshot("crash", "e", 9, {});
  places.frame("crash", 10, []);
  assert.deepEqual(seen, ["snapshot e 6", "snapshot e 9", "frame 10 0"]);
});

test("after a hello, frames continue, a snapshot replaces, and other rooms are requested", () => {
  const { seen, places, asked } = follow();
  places.snapshot("crash", "e", 6, {});
  places.resumed({ crash: "frames" });
  places.frame("crash", 7, []);
  places.resumed({ crash: "snapshot" });
  places.frame("crash", 8, []);
  places.snapshot("crash", "f", 0, {});
  places.resumed({});
  assert.deepEqual(asked, ["crash"]);
  places.gone("crash", "no_such_room", "");
  assert.deepEqual(seen, ["snapshot e 6", "frame 7 0", "snapshot f 0", "gone no_such_room"]);
});

test("a room that is left is forgotten", () => {
  const { seen, places } = follow();
  places.detach("crash");
  places.snapshot("crash", "e", 6, {});
  assert.deepEqual(seen, []);
  assert.deepEqual(places.positions(), {});
});
