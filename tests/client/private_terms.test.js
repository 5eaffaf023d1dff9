/** The terms of private rooms: a game's options in the player's and in the game's units. */

import assert from "node:assert/strict";
import test from "node:test";
import {
  optionsOf,
  parsedOption,
  requestOf,
  termsOf,
  typedOption,
  usualSeats,
} from "../../server/client/private/terms.js";

const integer = (/** @type {number} */ minimum, /** @type {number} */ maximum, /** @type {number} */ start) => ({
  type: "integer",
  minimum,
  maximum,
  default: start,
});

/** Options as the server describes them. */
const schema = {
  $ref: "#/$defs/Options",
  $defs: {
    Options: {
      type: "object",
      properties: {
        small_blind: integer(1, 10 ** 9, 50),
        big_blind: integer(1, 10 ** 9, 100),
        turn_ms: integer(100, 600_000, 20_000),
        tick_ms: integer(20, 10_000, 250),
        rake: integer(0, 1_000, 0),
        rake_cap: integer(0, 10 ** 11, 300),
        decks: integer(1, 8, 6),
        button: { anyOf: [{ type: "integer", minimum: 0, exclusiveMaximum: 9 }, { type: "null" }], default: null },
        carried: { type: "array", items: {}, default: [] },
      },
      required: [],
    },
  },
};

const named = (/** @type {string} */ name) => {
  const found = optionsOf(schema).find((option) => option.name === name);
  assert.ok(found);
  return found;
};

test("a form has the options that a player can set, without state carried between rounds", () => {
  const names = optionsOf(schema).map(({ name }) => name);
  assert.deepEqual(names, ["small_blind", "big_blind", "turn_ms", "rake", "rake_cap", "decks"]);
  assert.deepEqual(optionsOf({ type: "object", properties: {} }), []);
});

test("options are shown in the player's units", () => {
  const units = optionsOf(schema).map(({ unit }) => unit);
  assert.deepEqual(units, ["chips", "chips", "seconds", "percent", "chips", "plain"]);
  assert.deepEqual([named("decks").label, named("turn_ms").label], ["Decks", "Turn time"]);
});

test("a value in a field is read back unchanged", () => {
  for (const option of optionsOf(schema)) {
    for (const value of [option.min, option.start, 123, option.max].filter(
      (each) => each >= option.min && each <= option.max,
    )) {
      assert.equal(parsedOption(option, typedOption(option, value)), value, `${option.name} ${value}`);
    }
  }
});

test("parsing typed values", () => {
  assert.equal(parsedOption(named("rake"), "2.3"), 230);
  assert.equal(parsedOption(named("rake"), "2,5"), 250);
  assert.equal(parsedOption(named("small_blind"), "1,000.50"), 100_050);
  assert.equal(parsedOption(named("turn_ms"), "1.5"), 1_500);
  const bad = [
    ["rake", "10.01"],
    ["rake", "0.001"],
    ["rake", "-1"],
    ["rake", ""],
    ["turn_ms", "0.05"],
    ["decks", "1.5"],
    ["big_blind", "x"],
  ];
  for (const [name, typed] of bad) assert.equal(parsedOption(named(name), typed), null, `${name} ${typed}`);
});

test("a tile shows the stakes and every unusual option", () => {
  assert.deepEqual(termsOf(schema, {}), ["Blinds 0.50/1"]);
  const options = { small_blind: 500, big_blind: 1_000, turn_ms: 7_500, rake: 250, decks: 6, button: 3 };
  assert.deepEqual(termsOf(schema, options), ["Blinds 5/10", "Turn time 7.5 s", "Rake 2.5 %"]);
});

const poker = { name: "holdem", seats: 9, options: schema };
const usual = {
  "options.small_blind": "0.50",
  "options.big_blind": "1",
  "options.turn_ms": "20",
  "options.rake": "0",
  "options.rake_cap": "3",
  "options.decks": "6",
  seats: "6",
  delay: "0",
  join: "anybody",
  watch: "everybody",
};

test("an unchanged form requests a default room", () => {
  const { body, wrong } = requestOf(poker, usual);
  assert.deepEqual(wrong, []);
  assert.deepEqual(body, {
    game: "holdem",
    options: {},
    seats: 6,
    delay: 0,
    listed: true,
    invited_only: false,
    watch: "everybody",
  });
});

test("changed options are requested", () => {
  const changed = {
    ...usual,
    "options.big_blind": "2.50",
    "options.turn_ms": "7,5",
    seats: "2",
    join: "secret",
    watch: "invited",
    delay: "30",
  };
  const { body } = requestOf(poker, changed);
  assert.deepEqual(body.options, { big_blind: 250, turn_ms: 7_500 });
  assert.deepEqual(
    [body.seats, body.delay, body.listed, body.invited_only, body.watch],
    [2, 30, false, true, "invited"],
  );
  const invited = requestOf(poker, { ...usual, join: "invited" }).body;
  assert.deepEqual([invited.listed, invited.invited_only], [true, true]);
});

test("invalid values are reported at their fields", () => {
  const bad = { ...usual, "options.rake": "11", seats: "10", delay: "301" };
  const { wrong } = requestOf(poker, bad);
  assert.deepEqual(
    wrong.map(({ field, message }) => [field, message]),
    [
      ["options.rake", "Enter a value from 0 to 10."],
      ["seats", "Enter a value from 2 to 9."],
      ["delay", "Enter a value from 0 to 300."],
    ],
  );
});

test("a room for two has no choice of seats, and a room without spectators has no delay", () => {
  const { seats, delay, ...values } = usual;
  const { body, wrong } = requestOf(
    { name: "coinduel", seats: 2, options: { type: "object", properties: {} } },
    { ...values, watch: "nobody" },
  );
  assert.deepEqual([wrong, body.seats, body.delay], [[], 2, 0]);
  assert.deepEqual([usualSeats({ seats: 2 }), usualSeats({ seats: 9 })], [2, 6]);
});
