/** The sign-in token: kept in local storage, where other tabs see it too. */

const KEY = "croupier.token";

/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Store */

/** A store for where there is none (private windows may refuse it). @returns {Store} */
function memory() {
  /** @type {Map<string, string>} */
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

/** The browser's storage, or memory where it is refused. @param {() => Store} storage @returns {Store} */
export function guarded(storage) {
  try {
    storage().getItem(KEY);
    return storage();
  } catch {
    return memory();
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

export const token = new Token();
