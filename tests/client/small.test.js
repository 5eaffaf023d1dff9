/** Addresses, amounts and password strength. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { address } from "../../server/client/api.js";
import { errorText } from "../../server/client/error_text.js";
import { tileOf } from "../../server/client/faces/index.js";
import { chips, multiplier, parseChips, plainChips, signed } from "../../server/client/format.js";
import { match } from "../../server/client/router.js";
import { texts } from "../../server/client/texts.js";
import { filterParams } from "../../server/client/ui/filters.js";
import { score } from "../../server/client/ui/strength.js";
import { newer } from "../../server/client/wallet.js";

test("formatting and parsing amounts", () => {
  assert.deepEqual([0, 5, 100, 123_456, 100_000_000].map(chips), ["0", "0.05", "1", "1,234.56", "1,000,000"]);
  assert.deepEqual([150, -5, 0].map(signed), ["+1.50", "−0.05", "0.00"]);
  assert.deepEqual(["1", "1.5", "1.05", "1,234.50", " 2 "].map(parseChips), [100, 150, 105, 123_450, 200]);
  assert.deepEqual(["", ".", "1.234", "-1", "1e3", "abc"].map(parseChips), Array(6).fill(null));
  assert.deepEqual([1_000, 1_050].map(plainChips), ["10", "10.50"]);
  assert.equal(multiplier(2.3), "2.30×");
  assert.deepEqual([-5, 3_400, 192_000, 7_200_000, 172_800_000].map(texts.units.span), [
    "0.0 s",
    "3.4 s",
    "3 min",
    "2 h",
    "2 d",
  ]);
});

test("addresses map to pages", () => {
  assert.equal(match("/").name, "lobby");
  assert.deepEqual(match("/rooms/crash").params, { room: "crash" });
  assert.deepEqual(match("/rounds/crash.812").params, { round: "crash.812" });
  assert.equal(match("/verify?token=abc").query.get("token"), "abc");
  assert.equal(match("/account/").name, "account");
  assert.equal(match("/users/a%2Fb").params.name, "a/b");
  assert.equal(match("/users/%").params.name, "%");
  assert.deepEqual(
    ["/rooms", "/rooms/"].map((path) => match(path).name),
    ["open-room", "open-room"],
  );
  for (const none of ["/rooms/a/b", "/docs", "/api/v1/me"]) assert.equal(match(none).name, "not-found");
});

test("the address of a call has its path filled in and no empty parameters", () => {
  assert.equal(address("/games", { query: { a: "", b: null, c: undefined } }), "/api/v1/games");
  assert.equal(address("/me/bets", { query: { limit: 5, cursor: "x y" } }), "/api/v1/me/bets?limit=5&cursor=x+y");
  assert.equal(address("/users/{username}", { path: { username: "a/b" } }), "/api/v1/users/a%2Fb");
});

test("a filter includes its last day", () => {
  const { from, to } = filterParams({ category: "bet", game: "", from: "2026-11-24", to: "2026-11-24" });
  assert.ok(Math.abs(Date.parse(to) - Date.parse(from) - 86_400_000) <= 3_600_000);
});

test("the wallet takes newer versions, and equal ones only in order", () => {
  const known = { balance: 10, held: 5, version: 3 };
  assert.deepEqual(newer(null, known, false), known);
  assert.equal(newer(known, { balance: 9, held: 0, version: 2 }, true), known);
  assert.equal(newer(known, { balance: 10, held: 0, version: 3 }, false), known);
  assert.equal(newer(known, { balance: 10, held: 0, version: 3 }, true).held, 0);
});

test("password strength: trivial ones are weak, long ones are good", () => {
  assert.equal(score("short1!"), 0);
  assert.equal(score("password1"), 0);
  assert.equal(score("aaaaaaaaaaaa"), 0);
  assert.ok(score("ada-lovelace1", ["ada-lovelace"]) < 2);
  assert.ok(score("harbour lantern violin moss") >= 3);
});

test("every error has a message, also unknown ones", () => {
  assert.equal(errorText({ code: "paused" }), texts.errors.paused);
  assert.equal(errorText({ code: "new_code", message: "From the server." }), "From the server.");
  assert.ok(errorText(undefined));
});

test("a game without a tile of its own gets a plain one, whatever its name", () => {
  assert.equal(tileOf("crash").title, "Crash");
  for (const [game, title] of [
    ["war_of_cards", "War of cards"],
    ["constructor", "Constructor"],
    ["valueOf", "ValueOf"],
  ]) {
    assert.equal(tileOf(game).title, title);
  }
});
