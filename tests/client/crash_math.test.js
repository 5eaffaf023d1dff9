/** The curve in the browser matches the server's multiplier. */

import assert from "node:assert/strict";
import test from "node:test";
import * as crash from "../../server/client/faces/crash/math.js";

test("the multiplier starts at 1.00 and is rounded down to hundredths", () => {
  assert.equal(crash.hundredthsAt(-50), 100);
  assert.equal(crash.hundredthsAt(0), 100);
  assert.equal(crash.hundredthsAt(165), 100);
  assert.equal(crash.hundredthsAt(166), 101);
  assert.equal(crash.hundredthsAt(10_000), 182);
});

test("a multiplier is due at the first millisecond that shows it", () => {
  for (const multiplier of [100, 101, 183, 200, 1000, 123_456, 9_900_000_000]) {
    const due = crash.dueAt(multiplier);
    assert.ok(crash.hundredthsAt(due) >= multiplier);
    if (due > 0) assert.ok(crash.hundredthsAt(due - 1) < multiplier);
  }
});

test("fractions of a millisecond do not count", () => {
  assert.equal(crash.hundredthsAt(165.99), crash.hundredthsAt(165));
});

test("the axes stand still at first, then stay ahead of the curve", () => {
  assert.deepEqual(crash.axesAt(0), crash.axesAt(2000));
  for (const elapsed of [1000, 20_000, 120_000]) {
    const { span, top } = crash.axesAt(elapsed);
    assert.ok(span > elapsed && top > crash.smoothAt(elapsed));
  }
});

test("axis steps are round numbers, few of them", () => {
  const steps = crash.roundSteps(1, 1.8, 4).map((step) => step.toFixed(2));
  assert.deepEqual(steps, ["1.00", "1.20", "1.40", "1.60", "1.80"]);
  assert.deepEqual(crash.roundSteps(0, 8, 4), [0, 2, 4, 6, 8]);
  assert.ok(crash.roundSteps(1, 80_000, 5).length <= 6);
});
