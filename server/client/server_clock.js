/** The server's clock, estimated from the answers with the shortest round trips. */

const KEEP = 8;
/** If a sample deviates by more than its round trip plus this, our own clock was set. */
const JUMP_MS = 100;

export class ServerClock {
  /** @type {{offset: number, trip: number}[]} */
  #samples = [];
  offset = 0;

  /**
   * Adds an answer to a request sent at `sentAt` and answered at `receivedAt`, by our clock.
   * @param {number} serverTime
   * @param {number} sentAt
   * @param {number} receivedAt
   */
  sample(serverTime, sentAt, receivedAt) {
    const trip = Math.max(0, receivedAt - sentAt);
    const offset = serverTime - (sentAt + receivedAt) / 2;
    const jumped = Math.abs(offset - this.offset) > trip / 2 + JUMP_MS;
    if (jumped) this.#samples = [];
    this.#samples.push({ trip, offset });
    if (this.#samples.length > KEEP) this.#samples.shift();
    this.offset = this.#samples.reduce((best, each) => (each.trip <= best.trip ? each : best)).offset;
  }

  /** Milliseconds since the epoch. */
  now() {
    return Date.now() + this.offset;
  }
}
