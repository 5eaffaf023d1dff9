/** Which room comes first in the lobby, and which one a player in a hurry gets. Pure. */

/** @typedef {import("./types.js").RoomSummary} RoomSummary */

/** Where most happens comes first. @param {RoomSummary} a @param {RoomSummary} b */
const byLife = (a, b) => b.players - a.players || a.title.localeCompare(b.title) || a.room.localeCompare(b.room);

/**
 * The rooms as they stand on the page already, and new ones behind them, so that nothing moves away from a finger.
 * @param {RoomSummary[]} rooms @param {string[]} shown the rooms on the page, in their order
 */
export function inOrder(rooms, shown) {
  const place = new Map(shown.map((room, index) => [room, index]));
  return [...rooms].sort(
    (a, b) => (place.get(a.room) ?? shown.length) - (place.get(b.room) ?? shown.length) || byLife(a, b),
  );
}

/** The public room with the most players in which a seat is free. @param {RoomSummary[]} rooms */
export function quickSeat(rooms) {
  const open = rooms.filter((room) => room.shared && !room.private && !room.paused && room.players < room.seats);
  return open.sort(byLife)[0] ?? null;
}
