/** What the browser shows of the page outside of it: the tab's title, and notifications while the tab is hidden. */

import { computed, signal } from "@preact/signals-core";
import { localStore } from "../token.js";

const KEY = "croupier.notifications";
const TAG = "croupier";

export class Tab {
  /** The title of the page. */
  page = signal("");
  /** What the player has to know at once; empty for nothing. */
  alert = signal("");
  title = computed(() => [this.alert.value, this.page.value].filter(Boolean).join(" · "));
  /** Closes the notification that is shown. @type {() => void} */
  #close = () => undefined;

  /**
   * @param {{
   *   notification?: typeof Notification,
   *   isHidden: () => boolean,
   *   worker?: () => Promise<ServiceWorkerRegistration | undefined>,
   *   store?: import("../token.js").Store,
   * }} parts without `notification`, the browser has none; `worker` is the page's service worker
   */
  constructor({ notification, isHidden, worker = async () => undefined, store = localStore() }) {
    this.notification = notification;
    this.isHidden = isHidden;
    this.worker = worker;
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
    this.#close();
    this.#close = () => undefined;
  }

  /** @param {string} words */
  #notify(words) {
    if (!this.notification) return;
    // The tag lets it take the place of an earlier one.
    const options = { body: this.page.peek(), tag: TAG };
    try {
      const shown = new this.notification(words, options);
      shown.onclick = () => {
        globalThis.focus?.();
        shown.close();
      };
      this.#close = () => shown.close();
    } catch {
      // Browsers on phones let only the service worker show one. It brings the page to the front when it is tapped.
      const worker = this.worker();
      void worker.then((registration) => registration?.showNotification(words, options));
      this.#close = () =>
        void worker.then(async (registration) => {
          for (const shown of (await registration?.getNotifications({ tag: TAG })) ?? []) shown.close();
        });
    }
  }
}

export const tab = new Tab({
  notification: globalThis.Notification,
  isHidden: () => globalThis.document?.hidden ?? false,
  worker: async () => globalThis.navigator?.serviceWorker?.getRegistration(),
});

/** Keep the document's title up to date. */
export function startTab() {
  tab.title.subscribe((title) => {
    if (title) document.title = title;
  });
}
