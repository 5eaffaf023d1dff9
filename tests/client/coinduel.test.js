/** The coin duel: its rules, its reducer, and what its face shows. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { duelIn } from "../../server/client/faces/coinduel/duel.js";
import { play, winnings } from "../../server/client/faces/coinduel/rules.js";
import { betStatus, reduce, resultText } from "../../server/client/faces/coinduel/tile.js";
import { applyEvent, fromSnapshot } from "../../server/client/reduce.js";

/** @type {Record<string, any>} */
const vectors = JSON.parse(readFileSync(new URL("../../docs/vectors/rounds.json", import.meta.url), "utf8"));

const challenge = { do: "bet", seat: 1, number: 1, amount: 333, client_seed: "a", selection: { side: "tails" } };
const taken = { do: "bet", seat: 0, number: 2, amount: 333, client_seed: "b", selection: {} };
const withdraw = { do: "act", seat: 1, action: { action: "withdraw" } };

/** @param {any[]} commands @param {number} [draw] @param {Record<string, any>} [options] */
function played(commands, draw = 0.5, options = {}) {
  const bets = /** @type {any} */ (commands.filter((command) => command.do === "bet"));
  const journal = /** @type {any} */ (commands.map((command, index) => [1_000 + index, command]));
  return play({ draws: [draw], bets, journal, options, openedAt: 0 });
}

test("the draw decides the side, as in the published vectors", () => {
  assert.ok(vectors.draws.length > 0);
  for (const { floats, coinduel } of vectors.draws)
    assert.deepEqual(played([challenge, taken], floats[0]).outcome, coinduel);
  const largest = 1 - 2 ** -32;
  const drawn = [0, 0.5 - 2 ** -32, 0.5, largest].map((draw) => played([challenge, taken], draw).outcome.side);
  assert.deepEqual(drawn, ["heads", "heads", "tails", "tails"]);
});

test("the winner gets both stakes less the rake, to the cent", () => {
  const [won, lost] = [
    { result: "win", payout: 649 },
    { result: "loss", payout: 0 },
  ];
  assert.deepEqual(played([challenge, taken], 0.9, { rake: 250 }).results, [won, lost]);
  assert.deepEqual(played([challenge, { ...taken, selection: { side: "heads" } }], 0.1, { rake: 250 }).results, [
    lost,
    won,
  ]);
  assert.equal(winnings(9_007_199_254_740, 1), 18_012_597_069_629);
});

test("a withdrawn or abandoned challenge returns its stake and has no side", () => {
  const back = { outcome: {}, results: [{ result: "push", payout: 333 }] };
  assert.deepEqual(
    played([{ do: "leave", seat: 1 }, challenge, { do: "leave", seat: 0 }, { do: "wake" }, withdraw]),
    back,
  );
  assert.deepEqual(played([challenge, { do: "leave", seat: 1 }]), back);
});

/** @type {[string, any[], RegExp][]} */
const against = [
  ["one that stops early", [challenge], /stops before the end/],
  ["an empty one", [], /stops before the end/],
  ["a challenge without a side", [{ ...challenge, selection: {} }, taken], /does not name a side/],
  ["a challenge without a selection", [{ ...challenge, selection: null }, taken], /does not name a side/],
  ["a player against themselves", [challenge, { ...taken, seat: 1 }], /own challenge/],
  ["unequal stakes", [challenge, { ...taken, amount: 332 }], /stakes differ/],
  ["the same side twice", [challenge, { ...taken, selection: { side: "tails" } }], /same side/],
  ["a third bet", [challenge, taken, { ...taken, number: 3 }], /after the end/],
  ["a bet after the withdrawal", [challenge, withdraw, taken], /after the end/],
  ["a withdrawal by the other player", [challenge, { ...withdraw, seat: 0 }], /another player’s challenge/],
  ["a withdrawal of nothing", [withdraw], /another player’s challenge/],
];

for (const [what, commands, why] of against) {
  test(`${what} is not a valid journal`, () => assert.throws(() => played(commands), why));
}

// ---- what is shown ----

/** @param {Record<string, any>} [more] @returns {any} */
const room = (more = {}) =>
  fromSnapshot(
    "coinduel-a",
    "e",
    1,
    /** @type {any} */ ({
      game: "coinduel",
      round: { round: "coinduel-a.8", number: 8, server_seed_hash: "h" },
      paused: null,
      view: { phase: "betting" },
      bets: [],
      players: [],
      spectators: 0,
      chat: [],
      history: [],
      limits: { min_stake: 1, max_stake: 100 },
      options: {},
      you: null,
      ...more,
    }),
  );

const made = { type: "bet_placed", player: "ann", bet: "coinduel-a.8.1", amount: 500, selection: { side: "heads" } };
const met = { type: "bet_placed", player: "bob", bet: "coinduel-a.8.2", amount: 500, selection: {} };
/** @param {Record<string, any>} outcome @param {any[]} results */
const ended = (outcome, results) => ({
  type: "round_ended",
  round: "coinduel-a.8",
  outcome,
  server_seed: "s",
  client_seed: "c",
  nonce: 8,
  results,
});
const next = { type: "round_opened", round: "coinduel-a.9", number: 9, server_seed_hash: "i" };
const line = (/** @type {string} */ player, /** @type {string} */ result, /** @type {number} */ payout) => ({
  player,
  bet: `of ${player}`,
  amount: 500,
  result,
  payout,
});

/** @param {any[]} events @param {any} [state] */
const after = (events, state = room()) => events.reduce((now, event) => applyEvent(now, event, reduce), state);

test("the first bet is the challenge and stays until the end of the round", () => {
  const stands = { player: "ann", bet: "coinduel-a.8.1", amount: 500, call: "heads" };
  assert.deepEqual(after([made]).view.challenge, stands);
  assert.deepEqual(after([made, met]).view.challenge, stands);
  const end = ended({ side: "tails" }, [line("ann", "loss", 0), line("bob", "win", 1_000)]);
  assert.equal(after([made, met, end]).view.challenge, undefined);
  assert.deepEqual(after([made, met, end, next]).view, { phase: "betting" });
});

test("an open duel shows one taken side and one free side", () => {
  const ann = { player: "ann", amount: 500, result: null, payout: 0 };
  const duel = duelIn(after([made]));
  assert.deepEqual(duel, {
    phase: "open",
    round: "coinduel-a.8",
    side: null,
    heads: ann,
    tails: null,
    challenger: "ann",
  });
});

test("a duel stays visible with its players until the next challenge", () => {
  const end = ended({ side: "tails" }, [line("ann", "loss", 0), line("bob", "win", 1_000)]);
  const state = after([made, met, end, next]);
  const duel = duelIn(state);
  assert.deepEqual([duel.phase, duel.round, duel.side], ["drawn", "coinduel-a.8", "tails"]);
  assert.deepEqual([duel.heads?.player, duel.tails?.player, duel.tails?.payout], ["ann", "bob", 1_000]);
  const again = { ...made, player: "bob", bet: "coinduel-a.9.1" };
  assert.equal(duelIn(after([again], state)).challenger, "bob");
});

test("a withdrawn challenge names its player, if we saw it", () => {
  const state = after([made, ended({}, [line("ann", "push", 500)]), next]);
  assert.deepEqual([duelIn(state).phase, duelIn(state).challenger], ["withdrawn", "ann"]);
  const later = room({ history: [{ round: "coinduel-a.7", outcome: {} }] });
  assert.deepEqual([duelIn(later).phase, duelIn(later).challenger], ["withdrawn", null]);
});

test("for a duel that ended before we came, only the side is known", () => {
  const duel = duelIn(room({ history: [{ round: "coinduel-a.7", outcome: { side: "heads" } }] }));
  assert.deepEqual([duel.phase, duel.side, duel.heads, duel.tails], ["drawn", "heads", null, null]);
  assert.equal(duelIn(room()).phase, "idle");
});

test("result chips and lists", () => {
  assert.deepEqual(
    [{ side: "heads" }, { side: "tails" }, {}].map((outcome) => resultText(outcome).text),
    ["Heads", "Tails", "withdrawn"],
  );
  const bet = { player: "ann", bet: "b", amount: 500, selection: { side: "heads" } };
  assert.deepEqual(betStatus(bet, {}), { text: "Heads", payout: 0, tone: "" });
  assert.equal(betStatus({ ...bet, selection: {} }, {}), null);
  assert.equal(betStatus({ ...bet, result: "win", payout: 1_000 }, {}), null);
  assert.deepEqual(betStatus({ ...bet, result: "push", payout: 500 }, {}), {
    text: "stake returned",
    payout: 500,
    tone: "",
  });
});
