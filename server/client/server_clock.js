/** The server's clock, guessed from the answers whose way was shortest. */

const KEEP = 8;
/** A sample this far off what its way explains means that our own clock was set. */
const JUMP_MS = 100;

export class ServerClock {
  /** @type {{offset: number, trip: number}[]} */
  #samples = [];
  offset = 0;

  /** An answer that left at `sentAt` and came at `receivedAt`, both by our clock. @param {number} serverTime @param {number} sentAt @param {number} receivedAt */
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
