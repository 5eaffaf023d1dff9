/** Lets the components of a room share one object without passing it along. */

/** @typedef {import("../rooms.js").RoomStore} RoomStore */

/**
 * @template T
 * @param {(store: RoomStore) => T} make
 * @returns {(store: RoomStore) => T} always the same object for a store; it is released with the store
 */
export function onePerRoom(make) {
  /** @type {WeakMap<RoomStore, T>} */
  const made = new WeakMap();
  return (store) => {
    const known = made.get(store) ?? make(store);
    made.set(store, known);
    return known;
  };
}
