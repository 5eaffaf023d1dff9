/** The secret of a link from a mail leaves the address bar. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { linkSecret, takeLinkSecret, watchLinkSecret } from "../../server/client/link_secret.js";

/** Open a link; returns the address that the browser shows afterwards. */
function open(hash, search = "") {
  globalThis.location = { pathname: "/verify", search, hash };
  let shown = `/verify${search}${hash}`;
  globalThis.history = { state: null, replaceState: (_state, _title, address) => (shown = address) };
  takeLinkSecret();
  return shown;
}

test("the token of a link is taken out of the address", () => {
  assert.equal(open("#token=abc&account=ann%20a&next=%2Frooms%2Fcrash%3Finvite%3Dx"), "/verify");
  const brought = { token: "abc", account: "ann a", hasPassword: true, next: "/rooms/crash?invite=x", visit: 1 };
  assert.deepEqual(linkSecret.value, brought);
  open("#token=abc&account=ann&password=none");
  assert.equal(linkSecret.value.hasPassword, false);
});

test("links of older mails have it in the query", () => {
  assert.equal(open("", "?token=old"), "/verify");
  assert.deepEqual([linkSecret.value.token, linkSecret.value.account, linkSecret.value.next], ["old", null, "/"]);
});

test("an address without a token stays, and so does the last secret", () => {
  const { visit } = linkSecret.value;
  assert.equal(open("#main"), "/verify#main");
  assert.deepEqual([linkSecret.value.token, linkSecret.value.visit], ["old", visit]);
});

test("a second link in the same tab counts as another visit", () => {
  const heard = {};
  globalThis.addEventListener = (name, listener) => (heard[name] = listener);
  globalThis.location = { pathname: "/reset", search: "", hash: "" };
  watchLinkSecret();
  const { visit } = linkSecret.value;
  globalThis.location.hash = "#token=abc";
  heard.hashchange();
  assert.deepEqual([linkSecret.value.token, linkSecret.value.visit], ["abc", visit + 1]);
});
