/** What the browser shows of the page outside of it: the tab's title, and notifications while the tab is hidden. */

import { computed, signal } from "@preact/signals-core";
import { localStore } from "../token.js";

const KEY = "croupier.notifications";

export class Tab {
  /** The title of the page. */
  page = signal("");
  /** What the player has to know at once; empty for nothing. */
  alert = signal("");
  title = computed(() => [this.alert.value, this.page.value].filter(Boolean).join(" · "));
  /** @type {Notification | null} */
  #shown = null;

  /**
   * @param {{
   *   notification?: typeof Notification,
   *   isHidden: () => boolean,
   *   store?: import("../token.js").Store,
   * }} parts without `notification`, the browser has none
   */
  constructor({ notification, isHidden, store = localStore() }) {
    this.notification = notification;
    this.isHidden = isHidden;
    this.store = store;
    const wanted = store.getItem(KEY) === "on" && notification?.permission === "granted";
    /** Whether the player wants notifications, and the browser lets us show them. */
    this.notifies = signal(wanted);
    /** Whether the browser refused them. */
    this.refused = signal(false);
  }

  /** The player has switched notifications on or off. Only now the browser asks for its permission. @param {boolean} on */
  async setNotifies(on) {
    const granted = on && (await this.notification?.requestPermission()) === "granted";
    this.refused.value = on && !granted;
    this.notifies.value = granted;
    if (granted) this.store.setItem(KEY, "on");
    else this.store.removeItem(KEY);
  }

  /** Say this in the title, and in a notification if the tab is hidden. @param {string} words @param {boolean} [isNew] */
  raise(words, isNew = true) {
    this.alert.value = words;
    if (isNew && this.isHidden() && this.notifies.peek()) this.#notify(words);
  }

  /** There is nothing to say any more. */
  clear() {
    this.alert.value = "";
    this.#shown?.close();
    this.#shown = null;
  }

  /** @param {string} words */
  #notify(words) {
    if (!this.notification) return;
    try {
      // The tag lets it take the place of an earlier one.
      const shown = new this.notification(words, { body: this.page.peek(), tag: "croupier" });
      shown.onclick = () => {
        globalThis.focus?.();
        shown.close();
      };
      this.#shown = shown;
    } catch {
      // Some browsers on phones show notifications of service workers only. The title and the sound remain.
    }
  }
}

export const tab = new Tab({
  notification: globalThis.Notification,
  isHidden: () => globalThis.document?.hidden ?? false,
});

/** Keep the document's title up to date. */
export function startTab() {
  tab.title.subscribe((title) => {
    if (title) document.title = title;
  });
}
