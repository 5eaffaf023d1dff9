/** The guard against accidental repeats, and the steps of the main button. */

import assert from "node:assert/strict";
import test from "node:test";
import { stepOf } from "../../server/client/room/main_button.js";
import { RepeatGuard } from "../../server/client/ui/repeat_guard.js";

/** @param {number} detail clicks in a row, as the browser counts them */
const click = (detail) => /** @type {MouseEvent} */ ({ detail });

test("for half a second after an action, a press is a repeat", (t) => {
  let now = 10_000;
  t.mock.method(performance, "now", () => now);
  const guard = new RepeatGuard();
  assert.equal(guard.repeats, false, "nothing has acted yet");
  guard.acted();
  now += 499;
  assert.equal(guard.repeats, true);
  now += 1;
  assert.equal(guard.repeats, false);
});

test("only a second click is the second click of a double click, and only soon after an action", (t) => {
  let now = 10_000;
  t.mock.method(performance, "now", () => now);
  const guard = new RepeatGuard();
  assert.equal(guard.isSecondClick(click(2)), false, "the first click did nothing");
  guard.acted();
  assert.equal(guard.isSecondClick(click(1)), false);
  assert.equal(guard.isSecondClick(click(2)), true);
  now += 500;
  assert.equal(guard.isSecondClick(click(3)), false, "quick clicks in a row may act again");
});

test("the main button places, waits, queues or waits for the next round", () => {
  const step = (
    /** @type {string} */ phase,
    /** @type {object | null} */ placing,
    /** @type {object | null} */ queued,
  ) =>
    stepOf(
      /** @type {any} */ ({
        placing: { value: placing },
        queued: { value: queued },
        store: { view: { value: { phase } } },
      }),
    );
  assert.equal(step("betting", null, null), "place");
  assert.equal(step("betting", {}, null), "placing");
  assert.equal(step("running", null, null), "queue");
  assert.equal(step("running", null, {}), "queued");
});
