/** What counts as a number in a number field. */

import assert from "node:assert/strict";
import test from "node:test";
import { parseNumber } from "../../server/client/room/number_field.js";

test("numbers may have a decimal comma or a unit", () => {
  const typed = ["50", " 1.5 ", "1,5", "2.", "2×", "2x", "49.5%", "0", ".5", "1 000"];
  assert.deepEqual(typed.map(parseNumber), [50, 1.5, 1.5, 2, 2, 2, 49.5, 0, 0.5, 1000]);
});

test("negative and malformed numbers are refused", () => {
  for (const typed of ["", "x", ".", ",", "-1", "1e3", "1 2", "1.2.3", "2××"])
    assert.equal(parseNumber(typed), null, typed);
});
