/** What the parts of a room share without handing it on: one thing of a kind for each room that is shown. */

/** @typedef {import("../rooms.js").RoomStore} RoomStore */

/**
 * @template T
 * @param {(store: RoomStore) => T} make
 * @returns {(store: RoomStore) => T} the same one for whoever asks; it goes when the room does
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
