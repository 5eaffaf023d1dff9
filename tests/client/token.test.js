/** What the client keeps in the browser, and what happens when the browser refuses. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { guarded, Token } from "../../server/client/token.js";

/** A storage of the browser that refuses to write or to be read at all. @param {{full?: boolean, closed?: boolean}} how */
function storage({ full = false, closed = false } = {}) {
  const values = new Map([["croupier.token", "old"]]);
  return {
    getItem(key) {
      if (closed) throw new Error("denied");
      return values.get(key) ?? null;
    },
    setItem(key, value) {
      if (full) throw new Error("The quota has been exceeded.");
      values.set(key, value);
    },
    removeItem: (key) => void values.delete(key),
  };
}

for (const how of [{}, { full: true }, { closed: true }]) {
  test(`a player signs in and out with a storage that is ${Object.keys(how)[0] ?? "sound"}`, () => {
    const kept = storage(how);
    const token = new Token(guarded(() => kept));
    token.set("new");
    assert.equal(token.get(), "new");
    token.set(null);
    assert.equal(token.get(), null);
  });
}

test("what was kept is still read when nothing more fits", () => {
  assert.equal(new Token(guarded(() => storage({ full: true }))).get(), "old");
});
