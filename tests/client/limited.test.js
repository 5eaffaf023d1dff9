/** The largest length of a text, counted as the server counts it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, lengthOf } from "../../server/client/ui/limited.js";

test("code points count, not the units of JavaScript", () => {
  assert.deepEqual(["", "abc", "🎲", "é", "e\u0301", "👨‍👩‍👧"].map(lengthOf), [0, 3, 1, 1, 2, 5]);
});

test("what is too much before the caret goes, and what is after it stays", () => {
  assert.deepEqual(cut("abcdef", 6, 4), { words: "abcd", caret: 4 });
  assert.deepEqual(cut("abXYcd", 4, 4), { words: "abcd", caret: 2 });
  assert.deepEqual(cut("abcd", 2, 4), { words: "abcd", caret: 2 });
  assert.deepEqual(cut("Xabcdef", 1, 4), { words: "abcd", caret: 0 });
});

test("an emoji goes or stays as a whole", () => {
  assert.deepEqual(cut("🎲🎲🎲", 6, 2), { words: "🎲🎲", caret: 4 });
  assert.deepEqual(cut("ab👨‍👩‍👧", 10, 6), { words: "ab", caret: 2 });
  assert.deepEqual(cut("ab👨‍👩‍👧", 10, 7), { words: "ab👨‍👩‍👧", caret: 10 });
});
