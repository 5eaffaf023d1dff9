/** The sign-in token, kept in local storage and shared with other tabs. */

import { route } from "./router.js";

const KEY = "croupier.token";

/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Store */

/** An in-memory store, for browsers that refuse local storage. @returns {Store} */
function memory() {
  /** @type {Map<string, string>} */
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

/**
 * The browser's storage, or memory if it is refused; and memory for what no longer fits into it.
 * @param {() => Store} storage @returns {Store}
 */
export function guarded(storage) {
  const rest = memory();
  try {
    const kept = storage();
    kept.getItem(KEY);
    return {
      getItem: (key) => rest.getItem(key) ?? kept.getItem(key),
      setItem(key, value) {
        rest.removeItem(key);
        try {
          kept.setItem(key, value);
        } catch {
          rest.setItem(key, value);
        }
      },
      removeItem(key) {
        rest.removeItem(key);
        kept.removeItem(key);
      },
    };
  } catch {
    return rest;
  }
}

export const localStore = () => guarded(() => globalThis.localStorage);

export class Token {
  /** @param {Store} store */
  constructor(store = localStore()) {
    this.store = store;
  }

  /** @returns {string | null} */
  get() {
    return this.store.getItem(KEY);
  }

  /** @param {string | null} value */
  set(value) {
    if (value === null) this.store.removeItem(KEY);
    else this.store.setItem(KEY, value);
  }

  /** Call `listener` when another tab signs in or out. @param {() => void} listener */
  onChange(listener) {
    globalThis.addEventListener?.("storage", (event) => {
      if (event.key === KEY || event.key === null) listener();
    });
  }
}

const DEVICE_KEY = "croupier.device";

/** Proves that somebody has signed in here before; survives signing out. */
export class Device {
  /** @param {Store} store */
  constructor(store = localStore()) {
    this.store = store;
  }

  /** The part of a sign-in's body that names this device. @returns {{device?: string}} */
  get() {
    const device = this.store.getItem(DEVICE_KEY);
    return device ? { device } : {};
  }

  /** @param {string} value */
  set(value) {
    this.store.setItem(DEVICE_KEY, value);
  }
}

/** The token of this page. A room's screen is nobody's: everybody sees it, so it must not show what one player may see. */
export const token = new Token(route.peek().name === "screen" ? memory() : localStore());

export const device = new Device();
