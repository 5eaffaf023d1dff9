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

/** @typedef {{epoch: string, seq: number, waiting: boolean, sink: Sink}} FramePosition */

export class FramePositions {
  /** @param {(room: string) => void} askSnapshot called once for each gap */
  constructor(askSnapshot) {
    /** @type {Map<string, FramePosition>} */
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
  known() {
    const known = [...this.rooms].filter(([, position]) => position.epoch !== "");
    return Object.fromEntries(known.map(([room, { epoch, seq }]) => [room, { epoch, seq }]));
  }

  /**
   * Handles the answer to hello. `frames` will continue and `snapshot` will arrive; other rooms are requested again.
   * @param {Record<string, "frames" | "snapshot">} resumed
   */
  resumed(resumed) {
    for (const [room, position] of this.rooms) {
      const isResumed = Object.hasOwn(resumed, room);
      position.waiting = !isResumed || resumed[room] !== "frames";
      if (!isResumed) this.askSnapshot(room);
    }
  }

  /** @param {string} room @param {string} epoch @param {number} seq @param {Snapshot} snapshot */
  snapshot(room, epoch, seq, snapshot) {
    const position = this.rooms.get(room);
    if (!position) return;
    Object.assign(position, { epoch, seq, waiting: false });
    position.sink.snapshot(epoch, seq, snapshot);
  }

  /** @param {string} room @param {number} seq @param {AnyEvent[]} events */
  frame(room, seq, events) {
    const position = this.rooms.get(room);
    if (!position || position.waiting || seq <= position.seq) return;
    if (seq > position.seq + 1) {
      position.waiting = true;
      this.askSnapshot(room);
      return;
    }
    position.seq = seq;
    position.sink.frame(seq, events);
  }

  /** @param {string} room @param {AnyEvent[]} events */
  private(room, events) {
    const position = this.rooms.get(room);
    if (position && !position.waiting) position.sink.private?.(events);
  }

  /** @param {string} room @param {string} code @param {string} message */
  gone(room, code, message) {
    this.rooms.get(room)?.sink.gone?.(code, message);
  }
}
