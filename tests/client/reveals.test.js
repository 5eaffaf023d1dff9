/** Results are kept from the displays until the face has revealed them, and never for long. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Reveals } from "../../server/client/reveals.js";

test.beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
test.afterEach(() => mock.timers.reset());

const before = /** @type {any} */ ({ you: { player: "ann" } });
const ended = (/** @type {number} */ number, player = "ann") => ({
  type: "round_ended",
  round: `dice.${number}`,
  results: [{ player, amount: 100, payout: 0 }],
});

function room({ isStill = false, starts = true, endsWithBet = false } = {}) {
  /** @type {string[]} */
  const log = [];
  const wallet = {
    hold: (/** @type {string} */ round) => void log.push(`hold ${round}`),
    release: (/** @type {string} */ round) => void log.push(`release ${round}`),
  };
  const reveals = new Reveals(wallet, 6_000);
  reveals.onRevealed(({ round }) => void log.push(`tell ${round}`));
  const leave = reveals.stageOn({ starts: () => starts, isStill: () => isStill, endsWithBet });
  const end = (/** @type {number} */ number, /** @type {string} */ player = "ann") => {
    reveals.ended(ended(number, player), before);
    reveals.tell();
  };
  return { reveals, log, leave, end };
}

test("a result waits for the face, and so does the wallet", () => {
  const { reveals, log, end } = room();
  end(1);
  assert.equal(reveals.hides("dice.1"), true);
  assert.deepEqual(log, ["hold dice.1"]);
  reveals.end("dice.1");
  reveals.end("dice.1");
  assert.equal(reveals.hides("dice.1"), false);
  assert.deepEqual(log, ["hold dice.1", "release dice.1", "tell dice.1"]);
});

test("another player's result leaves our wallet alone", () => {
  const { reveals, log, end } = room();
  end(1, "bob");
  reveals.end("dice.1");
  assert.deepEqual(log, ["tell dice.1"]);
});

for (const [why, how] of /** @type {const} */ ([
  ["nothing may move or nobody looks", { isStill: true }],
  ["the face reveals nothing of it", { starts: false }],
])) {
  test(`a result shows at once if ${why}`, () => {
    const { reveals, log, end } = room(how);
    end(1);
    assert.equal(reveals.hides("dice.1"), false);
    assert.deepEqual(log, ["release dice.1", "tell dice.1"]);
  });
}

test("results show in their order: the end of a later reveal shows the earlier ones", () => {
  const { reveals, log, end } = room();
  end(1);
  end(2);
  end(3);
  reveals.end("dice.2");
  assert.deepEqual(
    log.filter((each) => each.startsWith("tell")),
    ["tell dice.1", "tell dice.2"],
  );
  assert.equal(reveals.hides("dice.3"), true);
});

test("a face that never reports the end withholds nothing for long", () => {
  const { reveals, log, end } = room();
  end(1);
  mock.timers.tick(5_999);
  assert.equal(reveals.hides("dice.1"), true);
  mock.timers.tick(1);
  assert.equal(reveals.hides("dice.1"), false);
  assert.equal(log.at(-1), "tell dice.1");
});

test("a face that goes away shows what it was revealing", () => {
  const { log, leave, end } = room();
  end(1);
  leave();
  assert.equal(log.at(-1), "tell dice.1");
  end(2);
  assert.equal(log.at(-1), "tell dice.2");
});

test("a new bet ends the reveal only in games that say so", () => {
  for (const endsWithBet of [true, false]) {
    const { reveals, end } = room({ endsWithBet });
    end(1);
    reveals.betPlaced();
    assert.equal(reveals.hides("dice.1"), !endsWithBet);
    reveals.endAll();
  }
});

test("a listener that stops hears no more", () => {
  const { reveals, end } = room({ isStill: true });
  const heard = [];
  const stop = reveals.onRevealed(({ round }) => void heard.push(round));
  end(1);
  stop();
  end(2);
  assert.deepEqual(heard, ["dice.1"]);
});
