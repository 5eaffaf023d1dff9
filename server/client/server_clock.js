/**
 * The server's time, counted on a monotonic clock.
 *
 * Our own wall clock may be wrong, and may be set at any moment, so all times here are those of `performance.now()`. The
 * server's time is estimated from answers, of which the one with the shortest round trip counts. The time in a room is
 * estimated from its frames: each says when it was sent, and the one that travelled fastest counts. A room may be on
 * another node, may be shown with a delay, and keeps its time during a round even if the server's clock is set.
 */

const KEEP = 8;
/** If a sample deviates by more than its round trip plus this, a clock was set or ours stood still. */
const JUMP_MS = 100;
/** How long a frame counts. */
const WINDOW_MS = 30_000;
/** A room's time that differs by more than this after the opening of a round was set. */
const STEP_MS = 1_000;
/** Right after a greeting, frames may be old ones that are sent again. */
const REPEATS_MS = 1_000;

/** @typedef {{offset: number, trip: number, at: number}} Answer when it came, and what it shows */
/** @typedef {{offset: number, at: number}} Heard when a frame arrived, and how far the room was ahead of our clock */

export class ServerClock {
  /** @type {Answer[]} */
  #samples = [];
  /** @type {Answer} */
  #best;
  #greetedAt = -Infinity;
  /** For each room, what its frames show: a later one is here if it travelled faster. @type {Map<string, Heard[]>} */
  #rooms = new Map();

  /** @param {() => number} [read] ms of a clock that only goes forward */
  constructor(read = () => performance.now()) {
    this.read = read;
    this.#best = { offset: Date.now() - read(), trip: Infinity, at: -Infinity };
  }

  /**
   * Adds an answer to a request sent at `sentAt` and answered at `receivedAt`, by `read`.
   * @param {number} serverTime
   * @param {number} sentAt
   * @param {number} receivedAt
   */
  sample(serverTime, sentAt, receivedAt) {
    const trip = Math.max(0, receivedAt - sentAt);
    const offset = serverTime - (sentAt + receivedAt) / 2;
    const jumped = Math.abs(offset - this.#best.offset) > trip / 2 + JUMP_MS;
    if (jumped) {
      this.#samples = [];
      this.#rooms.clear();
    }
    this.#samples.push({ trip, offset, at: receivedAt });
    if (this.#samples.length > KEEP) this.#samples.shift();
    this.#best = this.#samples.reduce((best, each) => (each.trip <= best.trip ? each : best));
  }

  /** A connection begins: frames that we missed may follow. */
  greeted() {
    this.#greetedAt = this.read();
    this.#rooms.clear();
  }

  /**
   * A frame of a room has arrived. Returns true if it shows that the server's clock may have been set.
   * @param {string} room
   * @param {number} sentAt the time in the room
   * @param {boolean} opens whether a round opens in this frame; only then may the time in the room step
   */
  heard(room, sentAt, opens) {
    const at = this.read();
    if (at - this.#greetedAt < REPEATS_MS) return false;
    const stepped = opens && Math.abs(sentAt - this.now(room)) > STEP_MS;
    const offset = sentAt - at;
    const slower = stepped ? [] : (this.#rooms.get(room) ?? []).filter((each) => each.offset > offset);
    this.#rooms.set(room, [...slower, { offset, at }]);
    return stepped;
  }

  /** Forget what a room's frames showed: from now on we may see it with another delay. @param {string} room */
  forget(room) {
    this.#rooms.delete(room);
  }

  /**
   * Milliseconds since the epoch.
   * @param {string} [room] the time in this room, as its frames show it
   * @param {number} [delay] the delay with which we see the room, for as long as no frame has come
   */
  now(room = "", delay = 0) {
    const since = this.read() - WINDOW_MS;
    const fastest = this.#rooms.get(room)?.find(({ at }) => at >= since);
    if (!fastest) return this.read() + this.#best.offset - delay;
    // A frame or an answer needs time to arrive, so neither shows a later time than it is. The later of the two is the
    // better estimate, unless the room differs from the server because the server's clock was set during the round.
    const least = this.#best.offset - this.#best.trip / 2;
    const agrees = this.#best.at >= since && Math.abs(least - fastest.offset) <= STEP_MS;
    return this.read() + (agrees ? Math.max(least, fastest.offset) : fastest.offset);
  }
}
