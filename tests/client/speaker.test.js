/** The speaker is silent until the page was touched and while it is switched off, and remembers the switch. */

import assert from "node:assert/strict";
import test from "node:test";
import { Speaker } from "../../server/client/ui/speaker.js";
import { memoryStore } from "./fakes.js";

/** Counts the sources that are started. It stands for what only a browser has. */
class FakeContext {
  state = "suspended";
  currentTime = 1;
  sampleRate = 1_000;
  destination = {};
  /** @type {string[]} */
  started = [];

  async resume() {
    this.state = "running";
  }

  async suspend() {
    this.state = "suspended";
  }

  createGain() {
    return this.#node({ gain: this.#param() });
  }

  createOscillator() {
    return this.#node({ frequency: this.#param(), type: "" });
  }

  createBufferSource() {
    return this.#node({ buffer: null });
  }

  createBiquadFilter() {
    return this.#node({ frequency: { value: 0 }, type: "" });
  }

  /** @param {number} _channels @param {number} length */
  createBuffer(_channels, length) {
    return { getChannelData: () => new Float32Array(length) };
  }

  #param() {
    const set = () => undefined;
    return { setValueAtTime: set, linearRampToValueAtTime: set, exponentialRampToValueAtTime: set };
  }

  /** @param {object} more */
  #node(more) {
    const started = this.started;
    return {
      ...more,
      connect: (/** @type {any} */ next) => next,
      start: () => void started.push("type" in more ? "tone" : "noise"),
      stop: () => undefined,
    };
  }
}

function silent(store = memoryStore()) {
  /** @type {FakeContext[]} */
  const contexts = [];
  /** @type {number[][]} */
  const vibrations = [];
  const speaker = new Speaker({
    open: () => {
      contexts.push(new FakeContext());
      return /** @type {any} */ (contexts.at(-1));
    },
    vibrate: (pattern) => void vibrations.push(pattern),
    store: /** @type {any} */ (store),
  });
  return { speaker, contexts, vibrations, store };
}

test("nothing is opened, played or shaken before the first touch", () => {
  const { speaker, contexts, vibrations } = silent();
  speaker.play("turn");
  assert.deepEqual([contexts.length, vibrations.length], [0, 0]);
});

test("after a touch it plays, with one context for all touches", () => {
  const { speaker, contexts, vibrations } = silent();
  speaker.touched();
  speaker.touched();
  speaker.play("turn");
  speaker.play("card");
  assert.equal(contexts.length, 1);
  assert.deepEqual(contexts[0].started, ["tone", "tone", "noise"]);
  assert.deepEqual(vibrations, [[120, 60, 120]]);
});

test("the same sound twice at once is one sound", () => {
  const { speaker, contexts } = silent();
  speaker.touched();
  speaker.play("chip");
  speaker.play("chip");
  assert.equal(contexts[0].started.length, 2, "its two notes");
  contexts[0].currentTime += 0.1;
  speaker.play("chip");
  assert.equal(contexts[0].started.length, 4);
});

test("switched off it is silent, also after a reload; switched on it plays again", () => {
  const { speaker, contexts, store, vibrations } = silent();
  speaker.touched();
  speaker.set(false);
  speaker.touched();
  speaker.play("win");
  assert.deepEqual([contexts[0].started, vibrations], [[], []]);
  const reloaded = silent(store);
  assert.equal(reloaded.speaker.on.value, false);
  reloaded.speaker.touched();
  assert.equal(reloaded.contexts.length, 0);
  reloaded.speaker.set(true);
  reloaded.speaker.play("win");
  assert.equal(reloaded.contexts[0].started.length, 3);
  assert.equal(silent(store).speaker.on.value, true);
});

test("a browser without sounds can still vibrate, or do neither", () => {
  const speaker = new Speaker({
    open: () => null,
    vibrate: () => assert.fail(),
    store: /** @type {any} */ (memoryStore()),
  });
  speaker.touched();
  speaker.play("win");
});
