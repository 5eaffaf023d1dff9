/** The part of an animation that is over. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { partDone } from "../../server/client/ui/part_done.js";

test("it goes from 0 to 1, also in a frame that began before the animation, and after its end", () => {
  assert.deepEqual(
    [90, 100, 150, 200, 999].map((now) => partDone(now, 100, 100)),
    [0, 0, 0.5, 1, 1],
  );
});
