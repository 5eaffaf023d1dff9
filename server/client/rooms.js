/** The rooms that the page follows: one store each, kept up by the wire, shared by whoever looks at it. */

import { batch, computed, effect, signal } from "@preact/signals-core";
import { invited } from "./invites.js";
import { applyFrame, fromSnapshot } from "./reduce.js";
import { wire as theWire, WireError } from "./wire.js";

/** @typedef {import("./shapes.d.ts").RoomState} RoomState */
/** @typedef {import("./shapes.d.ts").Missed} Missed */
/** @typedef {import("./shapes.d.ts").AnyEvent} AnyEvent */
/** @typedef {import("./wire.js").Wire} Wire */

const RESEND_MS = 20_000;
const LINGER_MS = 5_000;

/** @type {import("./shapes.d.ts").Tiles} */
let cards = {};

/** Tell the rooms which games have reducers of their own. @param {import("./shapes.d.ts").Tiles} known */
export function setTiles(known) {
  cards = known;
}

/** A bet's key: random, also where the page is no secure context and so has no `randomUUID`. */
export function newKey(/** @type {Partial<Crypto> & Pick<Crypto, "getRandomValues">} */ source = globalThis.crypto) {
  if (source.randomUUID) return source.randomUUID();
  const bytes = source.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * How far behind what happens a room is seen, in ms: a private one may be shown late to who has no seat in it.
 * @param {RoomState | null} state
 */
export const lateBy = (state) => (state?.private && !state.you ? state.private.delay * 1_000 : 0);

/** One room. All signals are read-only for those who look. */
export class RoomStore {
  /** @type {import("@preact/signals-core").Signal<RoomState | null>} */
  state = signal(null);
  /** Why there is nothing to see: an error of the server's. @type {import("@preact/signals-core").Signal<{code: string, message: string} | null>} */
  error = signal(null);
  /** What went by while we were away; null once looked at (`store.missed.value = null`). @type {import("@preact/signals-core").Signal<Missed | null>} */
  missed = signal(null);
  view = computed(() => this.state.value?.view ?? {});
  round = computed(() => this.state.value?.round ?? null);
  bets = computed(() => this.state.value?.bets ?? []);
  players = computed(() => this.state.value?.players ?? []);
  spectators = computed(() => this.state.value?.spectators ?? 0);
  chatLines = computed(() => this.state.value?.chat ?? []);
  history = computed(() => this.state.value?.history ?? []);
  you = computed(() => this.state.value?.you ?? null);
  paused = computed(() => this.state.value?.paused ?? null);
  last = computed(() => this.state.value?.last ?? null);
  users = 0;

  /** @type {Set<(event: AnyEvent) => void>} */
  #listeners = new Set();
  /** @type {{number: number, balance: number} | null} */
  #left = null;
  /** @type {() => void} */
  #stopWatching = () => undefined;

  /** @param {string} room @param {Wire} wire */
  constructor(room, wire) {
    this.room = room;
    this.wire = wire;
  }

  /** @param {import("./types.js").JoinOk | import("./types.js").WatchOk | null} reply */
  start(reply) {
    if (reply) this.wire.adopt(this.room, this, reply);
    else this.wire.follow(this.room, this);
    this.#stopWatching = effect(() => this.#connection(this.wire.connection.value));
  }

  /** Ask once more for a room that was not shown to us: we may be somebody else now, or invited. */
  again() {
    this.error.value = null;
    this.wire.follow(this.room, this);
  }

  stop() {
    this.#stopWatching();
    this.wire.unfollow(this.room);
  }

  /** What time it is by the server's clock in the room as it is seen here, in ms since the epoch. */
  now() {
    return this.wire.serverNow() - lateBy(this.state.peek());
  }

  /** Be called with every event, after the state has it. @param {(event: AnyEvent) => void} listener @returns {() => void} to stop */
  onEvent(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // ---- what the wire tells ----

  /** @param {string} epoch @param {number} seq @param {import("./types.js").Snapshot} snapshot */
  snapshot(epoch, seq, snapshot) {
    batch(() => {
      this.state.value = fromSnapshot(this.room, epoch, seq, snapshot, this.state.peek());
      this.error.value = null;
      this.#returned();
    });
  }

  /** @param {number} seq @param {AnyEvent[]} events */
  frame(seq, events) {
    const state = this.state.peek();
    if (!state) return;
    batch(() => {
      this.state.value = applyFrame(state, seq, events, cards[state.game]?.reduce);
      this.#returned();
    });
    this.#tell(events);
  }

  /** @param {AnyEvent[]} events */
  private(events) {
    const state = this.state.peek();
    if (!state) return;
    this.state.value = applyFrame(state, state.seq, events, cards[state.game]?.reduce);
    this.#tell(events);
  }

  /** @param {string} code @param {string} message */
  gone(code, message) {
    batch(() => {
      this.error.value = { code, message };
      const state = this.state.peek();
      if (state) this.state.value = { ...state, closed: true, you: null };
    });
  }

  /** @param {AnyEvent[]} events */
  #tell(events) {
    for (const event of events) for (const listener of this.#listeners) listener(event);
  }

  /** @param {import("./shapes.d.ts").Connection} now */
  #connection(now) {
    const state = this.state.peek();
    if (now !== "offline" || this.#left || !state) return;
    this.#left = { number: state.round?.number ?? 0, balance: this.wire.wallet.peek()?.balance ?? 0 };
  }

  /** The first news after a break: once the wallet is told too, say what was missed. */
  #returned() {
    const left = this.#left;
    if (!left) return;
    this.#left = null;
    setTimeout(() => {
      const state = this.state.peek();
      const rounds = (state?.round?.number ?? left.number) - left.number - (state?.voided ? 1 : 0);
      const change = (this.wire.wallet.peek()?.balance ?? left.balance) - left.balance;
      if (rounds > 0 || change !== 0) this.missed.value = { rounds: Math.max(0, rounds), change };
    }, 400);
  }

  // ---- what a player does ----

  /** Sit down. @param {{invite?: string, seat?: number}} [how] */
  async join(how = {}) {
    const ok = await this.wire.request("join", { room: this.room, ...invited(this.room), ...how });
    this.wire.adopt(this.room, this, ok);
    return ok;
  }

  /** Stand up; a live bet stays until its round ends. */
  async leave() {
    await this.wire.request("leave", { room: this.room });
    const state = this.state.peek();
    if (state) this.state.value = { ...state, you: null };
  }

  /**
   * Wager. When the connection is lost before the answer, the same bet (same key, and only in the round that is
   * open now) is sent again on the next one, so that it happens once or not at all.
   * @param {{amount: number, selection?: object, key?: string, round?: string}} wager
   */
  async bet({ amount, selection = {}, key = newKey(), round }) {
    const openNow = round ?? this.state.peek()?.round?.round;
    const until = Date.now() + RESEND_MS;
    for (let first = true; ; first = false) {
      const pinned = first ? round : openNow;
      try {
        const args = { room: this.room, amount, selection, key, ...(pinned && { round: pinned }) };
        return await this.wire.request("bet", args);
      } catch (error) {
        const lost = error instanceof WireError && (error.code === "disconnected" || error.code === "timeout");
        if (!lost || Date.now() > until) throw error;
        await this.wire.online(Math.max(0, until - Date.now()));
      }
    }
  }

  /** A move in the round. @param {string} action @param {Record<string, unknown>} [more] */
  act(action, more = {}) {
    return this.wire.request("act", { room: this.room, action, ...more });
  }

  /** @param {string} text */
  chat(text) {
    return this.wire.request("chat", { room: this.room, text });
  }

  /** Ask for the room as it is now, where events do not say all that a face shows. */
  async refresh() {
    this.wire.adopt(this.room, this, await this.wire.request("watch", { room: this.room }));
  }

  /** Done looking. The last one to go ends it. */
  close() {
    this.users -= 1;
    setTimeout(() => {
      if (this.users > 0 || stores.get(this.room) !== this) return;
      stores.delete(this.room);
      this.stop();
    }, LINGER_MS);
  }
}

/** @type {Map<string, RoomStore>} */
const stores = new Map();

/**
 * Look at a room; `close()` the store when done. Who looks at the same room gets the same store.
 * @param {string} room
 * @param {import("./types.js").JoinOk | import("./types.js").WatchOk | null} [reply] a snapshot that is there already
 */
export function openRoom(room, reply = null, wire = theWire) {
  let store = stores.get(room);
  if (!store) {
    store = new RoomStore(room, wire);
    stores.set(room, store);
    store.start(reply);
  } else if (reply) wire.adopt(room, store, reply);
  else if (store.error.peek() || store.state.peek()?.closed) store.again();
  store.users += 1;
  return store;
}

/** Sit down at a single-player game: opens a room of one's own. @param {string} game */
export async function joinGame(game, wire = theWire) {
  const ok = await wire.request("join", { game });
  return openRoom(ok.room, ok, wire);
}

/** Look at the room that a live session is in. @param {number} session */
export async function openSession(session, wire = theWire) {
  const ok = await wire.request("watch", { session });
  return openRoom(ok.room, ok, wire);
}
