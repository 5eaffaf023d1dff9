/** Our position in the frames of each followed room. Detects gaps and requests snapshots. */

/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {import("./shapes.d.ts").AnyEvent} AnyEvent */

/**
 * Receives the news of a room. `gone` means that the server no longer has the room.
 * @typedef {object} Sink
 * @property {(epoch: string, seq: number, snapshot: Snapshot) => void} snapshot
 * @property {(seq: number, events: AnyEvent[]) => void} frame
 * @property {(events: AnyEvent[]) => void} [private]
 * @property {(code: string, message: string) => void} [gone]
 */

/** @typedef {{epoch: string, seq: number, waiting: boolean, sink: Sink}} Place */

export class Places {
  /** @param {(room: string) => void} askSnapshot called once for each gap */
  constructor(askSnapshot) {
    /** @type {Map<string, Place>} */
    this.rooms = new Map();
    this.askSnapshot = askSnapshot;
  }

  /** @param {string} room @param {Sink} sink */
  attach(room, sink) {
    this.rooms.set(room, { epoch: "", seq: -1, waiting: true, sink });
  }

  /** @param {string} room */
  detach(room) {
    this.rooms.delete(room);
  }

  /** The positions for the `resume` field of hello. @returns {Record<string, {epoch: string, seq: number}>} */
  positions() {
    const known = [...this.rooms].filter(([, place]) => place.epoch !== "");
    return Object.fromEntries(known.map(([room, { epoch, seq }]) => [room, { epoch, seq }]));
  }

  /**
   * Handles the answer to hello. `frames` will continue and `snapshot` will arrive; other rooms are requested again.
   * @param {Record<string, "frames" | "snapshot">} resumed
   */
  resumed(resumed) {
    for (const [room, place] of this.rooms) {
      place.waiting = resumed[room] !== "frames";
      if (!(room in resumed)) this.askSnapshot(room);
    }
  }

  /** @param {string} room @param {string} epoch @param {number} seq @param {Snapshot} snapshot */
  snapshot(room, epoch, seq, snapshot) {
    const place = this.rooms.get(room);
    if (!place) return;
    Object.assign(place, { epoch, seq, waiting: false });
    place.sink.snapshot(epoch, seq, snapshot);
  }

  /** @param {string} room @param {number} seq @param {AnyEvent[]} events */
  frame(room, seq, events) {
    const place = this.rooms.get(room);
    if (!place || place.waiting || seq <= place.seq) return;
    if (seq > place.seq + 1) {
      place.waiting = true;
      this.askSnapshot(room);
      return;
    }
    place.seq = seq;
    place.sink.frame(seq, events);
  }

  /** @param {string} room @param {AnyEvent[]} events */
  private(room, events) {
    const place = this.rooms.get(room);
    if (place && !place.waiting) place.sink.private?.(events);
  }

  /** @param {string} room @param {string} code @param {string} message */
  gone(room, code, message) {
    this.rooms.get(room)?.sink.gone?.(code, message);
  }
}
