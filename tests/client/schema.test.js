/** Forms from a game's JSON Schema, and readable journals. */

import assert from "node:assert/strict";
import test from "node:test";
import { fieldsOf, movesOf, valuesOf } from "../../server/client/faces/plain/schema.js";
import { journalLines } from "../../server/client/proof/journal.js";

const dice = {
  $ref: "#/$defs/Selection",
  $defs: {
    Selection: {
      type: "object",
      properties: { target: { type: "number", minimum: 0.01, maximum: 99.99 }, over: { type: "boolean" } },
      required: ["target", "over"],
    },
  },
};

test("numbers with bounds and switches", () => {
  const fields = fieldsOf(dice);
  assert.deepEqual(
    fields.map(({ name, kind, min, max }) => [name, kind, min, max]),
    [
      ["target", "number", 0.01, 99.99],
      ["over", "boolean", undefined, undefined],
    ],
  );
  assert.deepEqual(valuesOf(fields, { target: "50,5" }), { target: 50.5, over: false });
});

test("optional fields, choices and lists; empty values are left out", () => {
  const fields = fieldsOf({
    type: "object",
    properties: {
      auto_cashout: { anyOf: [{ type: "number", minimum: 1.01 }, { type: "null" }], default: null },
      kind: { enum: ["red", "black"] },
      numbers: { type: "array", items: { type: "integer" } },
      mines: { type: "integer" },
    },
    required: ["kind"],
  });
  assert.deepEqual(
    fields.map((field) => field.kind),
    ["number", "choice", "list", "integer"],
  );
  assert.deepEqual(valuesOf(fields, { numbers: "1, 2 3" }), { kind: "red", numbers: [1, 2, 3] });
  assert.deepEqual(valuesOf(fields, { mines: "2.5" }), { kind: "red" });
});

test("one move, several, none", () => {
  const cashout = {
    type: "object",
    properties: { action: { enum: ["cashout"] }, bet: { anyOf: [{ type: "integer" }, { type: "null" }] } },
  };
  const reveal = {
    type: "object",
    properties: { action: { enum: ["reveal"] }, cell: { type: "integer" } },
    required: ["cell"],
  };
  assert.deepEqual(
    movesOf({ $ref: "#/$defs/Cashout", $defs: { Cashout: cashout } }).map((move) => move.name),
    ["cashout"],
  );
  const both = movesOf({ anyOf: [{ $ref: "#/$defs/C" }, { $ref: "#/$defs/R" }], $defs: { C: cashout, R: reveal } });
  assert.deepEqual(
    both.map((move) => [move.name, move.fields.map((field) => field.name)]),
    [
      ["cashout", ["bet"]],
      ["reveal", ["cell"]],
    ],
  );
  assert.deepEqual(movesOf(null), []);
});

test("a schema that is not loaded yet has no fields", () => {
  assert.deepEqual(fieldsOf(undefined), []);
});

test("a journal lists who did what and merges the clock's steps", () => {
  /** @type {any} */
  const journal = [
    [1010, { do: "bet", seat: 0, number: 1, amount: 150, client_seed: "a", selection: {} }],
    [7000, { do: "wake" }],
    [7250, { do: "wake" }],
    [7300, { do: "act", seat: 0, action: { action: "cashout", bet: 1 } }],
    [7400, { do: "leave", seat: 0 }],
    [7500, { do: "wake" }],
  ];
  assert.deepEqual(
    journalLines(journal, 1000).map(({ at, text }) => [at, text]),
    [
      [10, "Seat 1 placed bet 1: 1.50 chips"],
      [6000, "Time advanced the round 2 times"],
      [6300, "Seat 1: cashout, bet 1"],
      [6400, "Seat 1 left"],
      [6500, "Time advanced the round"],
    ],
  );
});
