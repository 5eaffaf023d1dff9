/** Payouts, rounded as on the server, also with products beyond the precision of doubles. */

import assert from "node:assert/strict";
import test from "node:test";
import { HUNDREDTHS, payoutOf, TEN_THOUSANDTHS } from "../../server/client/faces/payout.js";

test("a payout is rounded down to the cent, once, in integers", () => {
  /** @type {[number, number, number, number][]} */
  const payouts = [
    [1_000, 183, HUNDREDTHS, 1_830],
    [1, 199, HUNDREDTHS, 1],
    [101, 50, HUNDREDTHS, 50],
    [333, 132, HUNDREDTHS, 439],
    [9_999, 16_900, TEN_THOUSANDTHS, 16_898],
    [99, 7_000, TEN_THOUSANDTHS, 69],
    [3, 5, 2, 7],
    [100_000, 9_900_000_000, HUNDREDTHS, 9_900_000_000_000],
    [100_000_000, 51_482_970_000, TEN_THOUSANDTHS, 514_829_700_000_000],
    [Number.MAX_SAFE_INTEGER, 10_001, TEN_THOUSANDTHS, 2 ** 53 + 900_719_925_473],
  ];
  for (const [stake, multiplier, unit, paid] of payouts) assert.equal(payoutOf(stake, multiplier, unit), paid);
});
