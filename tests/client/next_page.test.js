/** Where a guest was going survives signing in and up. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { keepInvite } from "../../server/client/invites.js";
import { destination, doorTo, nextPage, safePage } from "../../server/client/next_page.js";
import { match } from "../../server/client/router.js";

/** @param {string} address */
const from = (address) => destination(match(address));

test("a guest comes back to the page, with its query", () => {
  assert.equal(from("/"), "/");
  assert.equal(from("/rounds/crash.812"), "/rounds/crash.812");
  assert.equal(from("/rooms?game=dice"), "/rooms?game=dice");
  assert.equal(from("/account/wallet"), "/account/wallet");
});

test("from one door to the next, the page stays the same", () => {
  const door = doorTo("/sign-up", "/rooms/crash?invite=a_b");
  assert.equal(door, "/sign-up?next=%2Frooms%2Fcrash%3Finvite%3Da_b");
  assert.equal(from(door), "/rooms/crash?invite=a_b");
  for (const name of ["sign-in", "forgot", "reset", "verify"]) assert.equal(from(`/${name}?next=%2Frooms`), "/rooms");
  assert.equal(doorTo("/sign-in", "/"), "/sign-in");
});

test("an invitation that has left the address comes along", () => {
  keepInvite("coinduel-7", "secret-of-the-room");
  assert.equal(from("/rooms/coinduel-7"), "/rooms/coinduel-7?invite=secret-of-the-room");
  assert.equal(from("/rooms/coinduel-8"), "/rooms/coinduel-8");
});

test("only pages of this site are taken", () => {
  const bad = ["https://evil.example", "//evil.example", "/\\\\evil.example", "javascript:alert(1)", "", null];
  const odd = ["/\t/evil.example", "/\t/[", "/.//[", "/..//evil.example", "/./\\evil.example", "/\n/evil.example"];
  for (const each of [...bad, ...odd]) {
    assert.equal(safePage(each), "/");
  }
  assert.equal(safePage("/rooms/../account?a=b"), "/account?a=b");
  assert.equal(nextPage(new URLSearchParams("next=//evil.example")), "/");
  assert.equal(from("/sign-in?next=//evil.example"), "/");
});
