/** The stores of the rooms that the page follows. The wire keeps them up to date; components share them. */

import { batch, computed, effect, signal } from "@preact/signals-core";
import { invited } from "./invites.js";
import { applyFrame, fromSnapshot } from "./reduce.js";
import { Reveals } from "./reveals.js";
import { fixedSeed, freshSeed } from "./seeds.js";
import { shownWallet } from "./shown_wallet.js";
import { wire as theWire, WireError } from "./wire.js";

/** @typedef {import("./shapes.d.ts").RoomState} RoomState */
/** @typedef {import("./shapes.d.ts").Missed} Missed */
/** @typedef {import("./shapes.d.ts").AnyEvent} AnyEvent */
/** @typedef {import("./wire.js").Wire} Wire */

const RESEND_MS = 20_000;
const LINGER_MS = 5_000;

/** @type {import("./shapes.d.ts").Tiles} */
let tiles = {};

/** Set the tiles, which hold the games' reducers. @param {import("./shapes.d.ts").Tiles} known */
export function setTiles(known) {
  tiles = known;
}

/** A random key for a bet, a move or a leave. Without a secure context there is no `randomUUID`. */
export function newKey(/** @type {Partial<Crypto> & Pick<Crypto, "getRandomValues">} */ source = globalThis.crypto) {
  if (source.randomUUID) return source.randomUUID();
  const bytes = source.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The delay with which we see the room, in ms. Only spectators of private rooms may have one.
 * @param {RoomState | null} state
 */
export const delayedBy = (state) => (state?.private && !state.you ? state.private.delay * 1_000 : 0);

/** Whether a room can have this name; it may come from an address. @param {string} room */
export const isRoomName = (room) => /^[a-z0-9-]{1,64}$/.test(room);

/** One room. Components only read its signals. */
export class RoomStore {
  /** @type {import("@preact/signals-core").Signal<RoomState | null>} */
  state = signal(null);
  /**
   * Why the server refused to show the room.
   * @type {import("@preact/signals-core").Signal<{code: string, message: string} | null>}
   */
  error = signal(null);
  /**
   * What happened while we were offline; set it to null after showing it.
   * @type {import("@preact/signals-core").Signal<Missed | null>}
   */
  missed = signal(null);
  view = computed(() => this.state.value?.view ?? {});
  round = computed(() => this.state.value?.round ?? null);
  bets = computed(() => this.state.value?.bets ?? []);
  players = computed(() => this.state.value?.players ?? []);
  spectators = computed(() => this.state.value?.spectators ?? 0);
  chatLines = computed(() => this.state.value?.chat ?? []);
  /** Which results may be shown. */
  reveals = new Reveals(shownWallet);
  /** The past rounds whose results may be shown. The face that reveals a result reads `state` instead. */
  history = computed(() => {
    const all = this.state.value?.history ?? [];
    return this.reveals.hidden.value.length > 0 ? all.filter(({ round }) => !this.reveals.hides(round)) : all;
  });
  you = computed(() => this.state.value?.you ?? null);
  paused = computed(() => this.state.value?.paused ?? null);
  /** The last ended round whose result may be shown. The face that reveals a result reads `state` instead. */
  last = computed(() => (this.reveals.hidden.value[0]?.before ?? this.state.value)?.last ?? null);
  users = 0;

  /** @type {Set<(event: AnyEvent) => void>} */
  #listeners = new Set();
  /** @type {{number: number, balance: number} | null} */
  #left = null;
  /** The seed that we drew last, and the round for which it counts. */
  #drawn = { round: "", seed: "" };
  /** The last round whose first bet of ours came from this page, with our seed. */
  #firstBetIn = "";
  /** The last round in which the server took a bet of ours from this page. */
  #betIn = "";
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
    const stops = [
      effect(() => this.#connection(this.wire.connection.value)),
      shownWallet.expect(() => this.reveals.staged && this.#isAtStake()),
    ];
    this.#stopWatching = () => {
      for (const stop of stops) stop();
    };
  }

  /** Ask again for a room that we were refused: we may have signed in or been invited since. */
  again() {
    this.error.value = null;
    this.wire.follow(this.room, this);
  }

  stop() {
    this.#stopWatching();
    this.reveals.endAll();
    this.wire.unfollow(this.room);
  }

  /** The time in the room as we see it, delay included, in ms since the epoch. */
  now() {
    return this.wire.clock.now(this.room, delayedBy(this.state.peek()));
  }

  /**
   * Call `listener` with every event, after the state includes it.
   * @param {(event: AnyEvent) => void} listener
   * @returns {() => void} stops it
   */
  onEvent(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Call `listener` with each `round_ended` when its result may be shown: at once, or when the face has revealed it.
   * @param {(event: AnyEvent) => void} listener
   * @returns {() => void} stops it
   */
  onRevealed(listener) {
    return this.reveals.onRevealed(listener);
  }

  /** Whether a bet of ours is live in the round. */
  #isAtStake() {
    const round = this.#open();
    return round !== undefined && (this.#betIn === round || this.#hasBet());
  }

  // ---- called by the wire ----

  /** @param {string} epoch @param {number} seq @param {import("./types.js").Snapshot} snapshot */
  snapshot(epoch, seq, snapshot) {
    this.reveals.endAll();
    batch(() => {
      this.state.value = fromSnapshot(this.room, epoch, seq, snapshot, this.state.peek());
      this.error.value = null;
      this.#returned();
    });
    this.#showsVoidBets();
  }

  /** @param {number} seq @param {AnyEvent[]} events */
  frame(seq, events) {
    const state = this.state.peek();
    if (!state) return;
    batch(() => {
      this.state.value = applyFrame(state, seq, events, tiles[state.game]?.reduce);
      for (const event of events) if (event.type === "round_ended") this.reveals.ended(event, state);
      this.#returned();
    });
    this.#showsVoidBets();
    this.#tell(events);
    this.reveals.tell();
  }

  /** @param {AnyEvent[]} events */
  private(events) {
    const state = this.state.peek();
    if (!state) return;
    this.state.value = applyFrame(state, state.seq, events, tiles[state.game]?.reduce);
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

  #showsVoidBets() {
    const { you, voided } = this.state.peek() ?? {};
    const own = voided?.bets.filter(({ player }) => player === you?.player) ?? [];
    if (own.length > 0) this.wire.voidBets.seen(own.map(({ bet }) => bet));
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

  /** Runs at the first news after a break. Reports what we missed, once the wallet is up to date too. */
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

  // ---- a player's commands ----

  /** Take a seat. @param {{invite?: string, seat?: number}} [how] */
  async join(how = {}) {
    const ok = await this.wire.request("join", { room: this.room, ...invited(this.room), ...how });
    this.wire.adopt(this.room, this, ok);
    return ok;
  }

  /** Leave the seat. A live bet stays in until its round ends. */
  async leave() {
    const key = newKey();
    await this.#untilAnswered(() => this.wire.request("leave", { room: this.room, key }));
    const state = this.state.peek();
    if (state) this.state.value = { ...state, you: null };
  }

  /**
   * Make a request that has a key. If the connection is lost before the answer, make it again on the next connection,
   * unless that is another player's.
   * @template T
   * @param {(isCopy: boolean) => Promise<T>} send
   * @returns {Promise<T>}
   */
  async #untilAnswered(send) {
    const until = performance.now() + RESEND_MS;
    const player = this.wire.me.peek()?.username;
    for (let isCopy = false; ; isCopy = true) {
      try {
        return await send(isCopy);
      } catch (error) {
        const code = error instanceof WireError ? error.code : "";
        if ((code !== "disconnected" && code !== "timeout") || performance.now() > until) throw error;
        await this.wire.online(Math.max(0, until - performance.now()));
        if (this.wire.me.peek()?.username !== player) throw error;
      }
    }
  }

  /**
   * The client seed of our bets in a round. A fresh one is drawn when the hash of the round's server seed is here, so the
   * house has chosen its seed without knowing ours. It counts for this round only.
   * @param {string} round
   */
  clientSeed(round) {
    const own = this.wire.me.value?.client_seed;
    if (own !== undefined && fixedSeed.is(own)) return { seed: own, fixed: true };
    if (this.#drawn.round !== round) this.#drawn = { round, seed: freshSeed() };
    return { seed: this.#drawn.seed, fixed: false };
  }

  /** Whether our first bet of the round came from this page, so that our seed counts. @param {string} round */
  isSeedSent(round) {
    return this.#firstBetIn === round;
  }

  #hasBet() {
    const state = this.state.peek();
    return Boolean(state?.bets.some((bet) => bet.player === state.you?.player));
  }

  /**
   * Place a bet in the open round, with our client seed for it. If the connection is lost before the answer, send the
   * same bet again on the next connection, with the same key. So the bet happens once or not at all.
   * @param {{amount: number, selection?: object, key?: string, round?: string}} wager `round`: only in this round
   */
  bet({ amount, selection = {}, key = newKey(), round }) {
    this.reveals.betPlaced();
    let open = round ?? this.#open();
    return this.#untilAnswered(async (isCopy) => {
      for (;;) {
        try {
          if (!this.#hasBet()) this.#firstBetIn = open ?? "";
          const pinned = open && { round: open, client_seed: this.clientSeed(open).seed };
          const ok = await this.wire.request("bet", { room: this.room, amount, selection, key, ...pinned });
          this.#betIn = ok.round;
          return ok;
        } catch (error) {
          const isClosed = error instanceof WireError && error.code === "betting_closed";
          if (!isClosed || round || isCopy || this.#open() === open) throw error;
          open = this.#open();
        }
      }
    });
  }

  #open() {
    return this.state.peek()?.round?.round;
  }

  /**
   * Make a move in the open round. If the connection is lost before the answer, send the same move again with the same
   * key: it happens once or not at all.
   * @param {string} action
   * @param {Record<string, unknown>} [more]
   */
  act(action, more = {}) {
    const [key, round] = [newKey(), this.#open()];
    const move = { room: this.room, action, ...more, key, ...(round && { round }) };
    return this.#untilAnswered(() => this.wire.request("act", move));
  }

  /** @param {string} text */
  chat(text) {
    return this.wire.request("chat", { room: this.room, text });
  }

  /** Request a new snapshot, for faces that show more than the events report. */
  async refresh() {
    this.wire.adopt(this.room, this, await this.wire.request("watch", { room: this.room }));
  }

  /** Release the store. The last release stops it after a while. */
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
 * Open a room's store; `close()` it when done. Everyone who opens the same room gets the same store.
 * @param {string} room
 * @param {import("./types.js").JoinOk | import("./types.js").WatchOk | null} [reply] a snapshot, if one is at hand
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

/** Join a single-player game, which opens a new room. @param {string} game */
export async function joinGame(game, wire = theWire) {
  const ok = await wire.request("join", { game });
  return openRoom(ok.room, ok, wire);
}

/** Open the room of a live session. @param {number} session */
export async function openSession(session, wire = theWire) {
  const ok = await wire.request("watch", { session });
  return openRoom(ok.room, ok, wire);
}
