/** What the crash face shows at each moment, and the reducer behind it. */

import assert from "node:assert/strict";
import test from "node:test";
import { climbing, elapsedAt, lingers, momentOf, shownAt } from "../../server/client/faces/crash/moment.js";
import { parseTarget } from "../../server/client/faces/crash/panel.js";
import { betStatus, reduce, resultText } from "../../server/client/faces/crash/tile.js";
import { applyEvent, fromSnapshot } from "../../server/client/reduce.js";

const AT = 1_795_000_000_000;

/** @param {Record<string, any>} view @param {Record<string, any>} [more] @returns {any} */
const stateOf = (view, more = {}) => ({
  ...fromSnapshot(
    "crash",
    "e",
    1,
    /** @type {any} */ ({
      game: "crash",
      round: { round: "crash.8", number: 8, server_seed_hash: "h" },
      paused: null,
      view,
      bets: [],
      players: [],
      spectators: 0,
      chat: [],
      history: [],
      limits: { min_stake: 1, max_stake: 100 },
      options: { betting_ms: 6000 },
      you: null,
    }),
  ),
  ...more,
});

test("while bets are open it counts down", () => {
  const moment = momentOf(stateOf({ phase: "betting", closes_at: AT + 3000 }), AT, false);
  assert.deepEqual([moment.phase, moment.headline, moment.progress], ["betting", "3.0 s", 0.5]);
  const late = momentOf(stateOf({ phase: "betting", closes_at: AT - 100 }), AT, false);
  assert.deepEqual([late.headline, late.progress], ["0.0 s", 0]);
});

test("while running, it shows the server's multiplier in hundredths", () => {
  const moment = momentOf(stateOf({ phase: "running", started_at: AT - 10_000 }), AT, false);
  assert.equal(moment.headline, "1.82×");
  assert.equal(shownAt({ started_at: AT - 10_000 }, AT), 182);
});

test("a slow clock never shows less than 1.00", () => {
  assert.equal(momentOf(stateOf({ phase: "running", started_at: AT + 400 }), AT, false).headline, "1.00×");
});

test("the last tick is the least that is shown, whatever our clock says", () => {
  const view = { phase: "running", started_at: AT - 10_000, ticked: 2.98 };
  for (const now of [AT - 3_600_000, AT - 10_000, AT]) assert.equal(shownAt(view, now), 298);
  assert.ok(shownAt(view, AT + 3_600_000) < 330);
});

test("a curve that was shown does not shrink when the clock is corrected", () => {
  let now = AT;
  const read = climbing(() => now);
  const view = { phase: "running", started_at: AT - 10_000, ticked: 1.8 };
  const shown = [0, 400, -600, -600, 700, 2_000].map((step) => {
    now += step;
    return shownAt(view, read(view));
  });
  assert.deepEqual(
    shown,
    shown.toSorted((a, b) => a - b),
  );
  assert.equal(shown[2], shown[1]);
  const next = { phase: "running", started_at: now - 100, ticked: 1 };
  assert.equal(shownAt(next, read(next)), 100);
  now -= 5_000;
  assert.equal(read({ phase: "betting", closes_at: now + 1 }), now);
});

test("without news the curve stops climbing", () => {
  const view = { phase: "running", started_at: AT - 60_000, ticked: 1.82 };
  assert.ok(elapsedAt(view, AT) < 12_000);
  assert.equal(momentOf(stateOf(view), AT, false).caption, "Waiting for the server…");
  assert.equal(momentOf(stateOf({ ...view, started_at: AT - 10_000 }), AT, false).caption, "");
  assert.equal(elapsedAt({ ...view, ticked: undefined }, AT), 60_000);
});

test("the ended round stays visible for a moment, then the next countdown shows", () => {
  const last = { round: "crash.7", outcome: { point: 2.31 }, results: [] };
  const state = stateOf({ phase: "betting", closes_at: AT + 6000 }, { last });
  assert.ok(lingers(state, AT + 100));
  const moment = momentOf(state, AT + 100, false);
  assert.deepEqual([moment.phase, moment.headline], ["ended", "2.31×"]);
  assert.equal(momentOf(state, AT + 3000, false).phase, "betting");
  assert.equal(
    momentOf(stateOf(state.view, { last: { ...last, round: "crash.5" } }), AT + 100, false).phase,
    "betting",
  );
});

test("with reduced motion there is only the final curve, and the number changes rarely", () => {
  const running = (/** @type {number} */ ms) => momentOf(stateOf({ phase: "running", started_at: AT - ms }), AT, true);
  assert.equal(running(10_000).still, true);
  assert.equal(running(10_400).headline, running(10_000).headline);
  assert.equal(momentOf(stateOf({ phase: "ended", point: 2.31 }), AT, true).still, false);
});

test("a room between rounds waits", () => {
  assert.equal(momentOf(stateOf({ phase: "waiting" }), AT, false).phase, "idle");
});

test("a round from its opening to the next one", () => {
  const tell = (/** @type {any} */ state, /** @type {any[]} */ ...events) =>
    events.reduce((before, event) => applyEvent(before, event, reduce), state);
  let state = tell(
    stateOf({ phase: "waiting" }, { you: { player: "ann", session: 1, seat: 0 } }),
    { type: "round_opened", round: "crash.9", number: 9, server_seed_hash: "i", closes_at: AT },
    { type: "bet_placed", player: "ann", bet: "crash.9.1", amount: 1000, selection: {} },
    { type: "round_started", started_at: AT },
    { type: "tick", multiplier: 1.01 },
    { type: "cashed_out", player: "ann", bet: "crash.9.1", multiplier: 1.2, payout: 1200 },
  );
  assert.equal(state.view.ticked, 1.01);
  assert.deepEqual(betStatus(state.bets[0], state.view), { text: "1.20×", payout: 1200, tone: "win" });
  assert.deepEqual(momentOf(state, AT + 5000, false).marks, [{ player: "ann", multiplier: 1.2, mine: true }]);
  const results = [{ player: "ann", bet: "crash.9.1", amount: 1000, result: "cashout", payout: 1200 }];
  const ended = {
    type: "round_ended",
    round: "crash.9",
    outcome: { point: 1.5 },
    server_seed: "s",
    client_seed: "c",
    nonce: 9,
    results,
  };
  const opened = { type: "round_opened", round: "crash.10", number: 10, server_seed_hash: "j", closes_at: AT + 20_000 };
  state = tell(state, ended, opened);
  const moment = momentOf(state, AT + 14_100, false);
  assert.deepEqual([moment.phase, moment.headline, moment.marks.length], ["ended", "1.50×", 1]);
});

test("a snapshot taken mid-round lists the cash-outs", () => {
  const view = { phase: "running", started_at: AT, cashed_out: [{ bet: "crash.8.2", multiplier: 1.1, payout: 110 }] };
  const bets = [{ player: "bob", bet: "crash.8.2", amount: 100, selection: {} }];
  assert.equal(momentOf(stateOf(view, { bets }), AT + 3000, false).marks[0].player, "bob");
});

test("past results on chips", () => {
  assert.deepEqual(resultText({ point: 2.31 }), { text: "2.31×", tone: "good" });
  assert.deepEqual(resultText({ point: 1 }), { text: "1.00×", tone: "plain" });
});

test("parsing a typed auto cash-out", () => {
  assert.equal(parseTarget(" "), null);
  assert.equal(parseTarget("2"), 2);
  assert.equal(parseTarget("2,5x"), 2.5);
  for (const typed of ["1", "1.00", "1.005", "two", "-2", "1000000.01", "1e9"])
    assert.equal(parseTarget(typed), undefined, typed);
});
