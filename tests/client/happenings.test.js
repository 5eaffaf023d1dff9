/** What happens to a player: the kind of a result, and the sound of each event. */

import assert from "node:assert/strict";
import test from "node:test";
import { openCards, resultOf, soundOf } from "../../server/client/room/happenings.js";
import { SOUNDS, VIBRATIONS } from "../../server/client/ui/sounds.js";

const line = (/** @type {number} */ amount, /** @type {number} */ payout, player = "ann") =>
  /** @type {any} */ ({ player, bet: "dice.1.1", amount, payout, result: "" });

test("a result is a win if more comes back than was staked, and a big one from ten times the stake on", () => {
  const kinds = [
    [0, "loss"],
    [99, "loss"],
    [100, "even"],
    [101, "win"],
    [999, "win"],
    [1_000, "big-win"],
  ];
  for (const [payout, kind] of kinds)
    assert.equal(resultOf({ results: [line(100, Number(payout))] }, "ann")?.kind, kind, String(payout));
});

test("a player's bets count together, and others' don't", () => {
  const results = [line(100, 3_600), line(900, 0), line(100, 0, "bob")];
  assert.deepEqual(resultOf({ results }, "ann"), { kind: "win", staked: 1_000, payout: 3_600, net: 2_600 });
  assert.equal(resultOf({ results }, "cid"), null);
  assert.equal(resultOf({ results }, undefined), null);
});

test("open cards are counted wherever a view has them, but not those of the round before", () => {
  assert.equal(openCards({ board: ["DT", "S2"], seats: [{ cards: ["HA", null] }], phase: "flop" }), 3);
  assert.equal(openCards({ past: { board: ["DT"] }, row: [] }), 0);
});

const state = /** @type {any} */ ({ you: { player: "ann" }, round: { round: "crash.7" }, view: { board: ["DT"] } });
const placed = (/** @type {string} */ player, /** @type {string} */ bet) => ({ type: "bet_placed", player, bet });

test("our own bet sounds like a chip, unless it has ended its round already", () => {
  assert.equal(soundOf(placed("ann", "crash.7.1"), state, 1), "chip");
  assert.equal(soundOf(placed("bob", "crash.7.1"), state, 1), null);
  assert.equal(soundOf(placed("ann", "crash.6.1"), state, 1), null);
});

test("a cash-out of ours and a new card have their sounds; what belongs to others and ticks are silent", () => {
  assert.equal(soundOf({ type: "cashed_out", player: "ann" }, state, 1), "cash-out");
  assert.equal(soundOf({ type: "cashed_out", player: "bob" }, state, 1), null);
  assert.equal(soundOf({ type: "table" }, state, 0), "card");
  assert.equal(soundOf({ type: "table" }, state, 1), null);
  assert.equal(soundOf({ type: "revealed", cell: 3 }, state, 1), "card");
  assert.equal(soundOf({ type: "tick", multiplier: 2 }, state, 1), null);
});

test("every sound is short, not loud, and can be synthesised", () => {
  for (const [name, notes] of Object.entries(SOUNDS)) {
    assert.ok(notes.length > 0, name);
    for (const { at, ms, hz, to = hz, loud } of notes) {
      assert.ok(at + ms <= 1_200, name);
      assert.ok(loud > 0 && loud <= 1, name);
      assert.ok(hz > 0 && to > 0, name);
    }
  }
  for (const name of Object.keys(VIBRATIONS)) assert.ok(name in SOUNDS, name);
});
