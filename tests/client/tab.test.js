/** The tab's title and notifications: asked for only by the player's own switch, shown only while nobody looks. */

import assert from "node:assert/strict";
import test from "node:test";
import { Tab } from "../../server/client/ui/tab.js";
import { memoryStore, settle } from "./fakes.js";

/** @param {{permission?: string, answer?: string, hidden?: boolean, fails?: boolean, store?: any}} [how] */
function tabWith({
  permission = "default",
  answer = "granted",
  hidden = true,
  fails = false,
  store = memoryStore(),
} = {}) {
  /** @type {{words: string, closed: boolean}[]} */
  const shown = [];
  class FakeNotification {
    static permission = permission;
    static asked = 0;
    static async requestPermission() {
      FakeNotification.asked += 1;
      FakeNotification.permission = answer;
      return answer;
    }

    /** @param {string} words */
    constructor(words) {
      if (fails) throw new TypeError("Illegal constructor");
      this.entry = { words, closed: false };
      shown.push(this.entry);
    }

    close() {
      this.entry.closed = true;
    }
  }
  const tab = new Tab({ notification: /** @type {any} */ (FakeNotification), isHidden: () => hidden, store });
  tab.page.value = "Crash · Croupier";
  return { tab, shown, store, FakeNotification };
}

test("the title says what is due, and then the page's name again", () => {
  const { tab } = tabWith();
  tab.raise("Your turn");
  assert.equal(tab.title.value, "Your turn · Crash · Croupier");
  tab.clear();
  assert.equal(tab.title.value, "Crash · Croupier");
});

test("permission is asked only when the player switches notifications on", async () => {
  const { tab, shown, FakeNotification } = tabWith();
  tab.raise("Your turn");
  assert.equal(FakeNotification.asked, 0);
  await tab.setNotifies(true);
  assert.deepEqual([FakeNotification.asked, tab.notifies.value, tab.refused.value], [1, true, false]);
  tab.raise("Your turn");
  tab.raise("Bets close in 2 s", false);
  assert.deepEqual(shown, [{ words: "Your turn", closed: false }]);
  tab.clear();
  assert.equal(shown[0].closed, true);
});

test("a refusal is told, and nothing is shown", async () => {
  const { tab, shown, store } = tabWith({ answer: "denied" });
  await tab.setNotifies(true);
  assert.deepEqual([tab.notifies.value, tab.refused.value], [false, true]);
  tab.raise("Your turn");
  assert.deepEqual(shown, []);
  assert.equal(tabWith({ permission: "granted", store }).tab.notifies.value, false);
});

test("the switch is remembered for as long as the browser allows it", async () => {
  const { tab, store } = tabWith();
  await tab.setNotifies(true);
  assert.equal(tabWith({ permission: "granted", store }).tab.notifies.value, true);
  assert.equal(tabWith({ permission: "denied", store }).tab.notifies.value, false);
  await tab.setNotifies(false);
  assert.equal(tabWith({ permission: "granted", store }).tab.notifies.value, false);
});

test("nothing is shown to a player who looks, or by a browser that can't", async () => {
  for (const how of [{ hidden: false }, { fails: true }]) {
    const { tab, shown } = tabWith(how);
    await tab.setNotifies(true);
    tab.raise("Your turn");
    assert.deepEqual(shown, []);
    assert.match(tab.title.value, /^Your turn/);
  }
});

test("where only the service worker may show a notification, it does, and takes it back", async () => {
  /** @type {string[]} */
  const log = [];
  const shown = { close: () => void log.push("closed") };
  const registration = {
    showNotification: async (/** @type {string} */ words) => void log.push(words),
    getNotifications: async () => [shown],
  };
  const { FakeNotification, store } = tabWith({ fails: true });
  const worker = async () => /** @type {any} */ (registration);
  const tab = new Tab({ notification: /** @type {any} */ (FakeNotification), isHidden: () => true, worker, store });
  await tab.setNotifies(true);
  tab.raise("Your turn");
  tab.clear();
  await settle();
  assert.deepEqual(log, ["Your turn", "closed"]);
});

test("a browser without notifications still has a title", async () => {
  const tab = new Tab({ isHidden: () => true, store: /** @type {any} */ (memoryStore()) });
  await tab.setNotifies(true);
  tab.raise("Your turn");
  assert.deepEqual([tab.notifies.value, tab.title.value], [false, "Your turn"]);
});
