/** The player's own limit of stakes, also while a higher one is on its way. */

import assert from "node:assert/strict";
import test from "node:test";
import { stakeLimit } from "../../server/client/own_limits.js";

const limits = (/** @type {object} */ more) =>
  /** @type {any} */ ({
    stake: 500,
    loss_a_day: null,
    break_until: null,
    next_stake: null,
    next_loss_a_day: null,
    ...more,
  });

test("the limit counts until the next one does", () => {
  assert.equal(stakeLimit(limits({}), 0), 500);
  assert.equal(stakeLimit(limits({ stake: null }), 0), null);
  const at = "2026-12-01T10:00:00Z";
  const later = limits({ next_stake: { to: 900, at } });
  assert.equal(stakeLimit(later, Date.parse(at) - 1), 500);
  assert.equal(stakeLimit(later, Date.parse(at)), 900);
  assert.equal(stakeLimit(limits({ next_stake: { to: null, at } }), Date.parse(at)), null);
});
