/** The WebSocket connection: says hello, reconnects, resumes rooms, and stops when the server signs us out. */

import { signal } from "@preact/signals-core";
import { Announcements } from "./announcements.js";
import { FramePositions } from "./frame_positions.js";
import { inviteChecked, invited } from "./invites.js";
import { ServerClock } from "./server_clock.js";
import { token as storedToken } from "./token.js";
import { VoidBets } from "./void_bets.js";
import { wallet, walletReported } from "./wallet.js";

/** @typedef {import("./types.js").Verbs} Verbs */
/** @typedef {import("./types.js").User} User */
/** @typedef {import("./shapes.d.ts").Connection} Connection */
/** @typedef {import("./frame_positions.js").Sink} Sink */

const ANSWER_MS = 10_000;
const PROBE_MS = 3_000;
const BACK_OFF_MS = 400;
const BACK_OFF_LIMIT_MS = 15_000;
const AGAIN_MS = 1_000;
const FINAL_CLOSE = 4100;

/** A failed request. `code` comes from the server, or is `offline`, `disconnected` or `timeout` with retry true. */
export class WireError extends Error {
  /** @param {{code: string, message?: string, retry?: boolean, [more: string]: unknown}} body */
  constructor(body) {
    super(body.message ?? body.code);
    this.name = "WireError";
    this.code = body.code;
    this.retry = body.retry ?? false;
    /** @type {Record<string, any>} */
    this.extra = body;
  }
}

/**
 * @typedef {{
 *   resolve: (ok: any) => void,
 *   reject: (error: WireError) => void,
 *   timer: ReturnType<typeof setTimeout>,
 *   verb: string,
 * }} Pending
 */

export class Wire {
  /** @type {import("@preact/signals-core").Signal<Connection>} */
  connection = signal("connecting");
  /** @type {import("@preact/signals-core").Signal<User | null>} */
  me = signal(null);
  /** Why we were signed out: one of the server's codes. @type {import("@preact/signals-core").Signal<string | null>} */
  signedOutBy = signal(null);
  /** Why the server ended or refused the connection: a reason or code of its goodbye, or a code of ours.
   * @type {import("@preact/signals-core").Signal<string | null>} */
  goodbye = signal(null);
  wallet = wallet;

  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  #nextId = 1;
  #replacing = false;
  #attempt = 0;
  #retryAfter = 0;
  #heartbeat = 20_000;
  #heardAt = 0;
  /** @type {string | null} */
  #usedToken = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #positions = new FramePositions((room) => void this.#refresh(room));

  /**
   * @param {{
   *   url?: string,
   *   token?: import("./token.js").Token,
   *   open?: (url: string) => WebSocket,
   *   random?: () => number,
   *   voidBets?: VoidBets,
   *   announcements?: Announcements,
   *   clock?: ServerClock,
   * }} [parts]
   */
  constructor(parts = {}) {
    this.url = parts.url ?? "";
    this.token = parts.token ?? storedToken;
    this.open = parts.open ?? ((url) => new WebSocket(url, "croupier.v1"));
    this.random = parts.random ?? Math.random;
    this.announcements = parts.announcements ?? new Announcements();
    this.voidBets = parts.voidBets ?? new VoidBets();
    this.clock = parts.clock ?? new ServerClock();
  }

  /** Connect, unless already connected. Reconnects automatically from then on. */
  connect() {
    if (this.#socket) return;
    clearTimeout(this.#timer);
    this.connection.value = "connecting";
    const socket = this.open(this.url || socketUrl());
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#drop(socket), ANSWER_MS);
    socket.onopen = () => void this.#hello(socket);
    socket.onmessage = (message) => this.#receive(socket, message.data);
    socket.onclose = (event) => this.#closed(socket, event.code);
  }

  /** Milliseconds since the epoch by the server's clock. */
  serverNow() {
    return this.clock.now();
  }

  /**
   * Send a request and return its answer. Rejects with a WireError.
   * @template {keyof Verbs} V
   * @param {V} verb
   * @param {Verbs[V]["args"]} args
   * @param {number} [timeout] ms
   * @returns {Promise<Verbs[V]["ok"]>}
   */
  request(verb, args, timeout = ANSWER_MS) {
    if (this.connection.peek() !== "online") return Promise.reject(new WireError({ code: "offline", retry: true }));
    return this.#send(verb, args, timeout);
  }

  /**
   * Resolves when online; rejects after `timeout` ms or when signed out.
   * @param {number} timeout
   * @returns {Promise<void>}
   */
  online(timeout) {
    const now = this.connection.peek();
    const refusal = new WireError({ code: "offline", retry: true });
    if (now === "online") return Promise.resolve();
    if (now === "signed_out") return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const end = (/** @type {() => void} */ settle) => {
        clearTimeout(timer);
        stop();
        settle();
      };
      const timer = setTimeout(() => end(() => reject(refusal)), timeout);
      const stop = this.connection.subscribe((then) => {
        if (then === "online") end(resolve);
        else if (then === "signed_out") end(() => reject(refusal));
      });
    });
  }

  /** Follow a room, across reconnects. @param {string} room @param {Sink} sink */
  follow(room, sink) {
    this.#positions.attach(room, sink);
    if (this.connection.peek() === "online") void this.#refresh(room);
  }

  /**
   * Follow a room whose snapshot arrived with a reply.
   * @param {string} room
   * @param {Sink} sink
   * @param {{epoch: string, seq: number, snapshot: import("./types.js").Snapshot}} reply
   */
  adopt(room, sink, reply) {
    if (!this.#positions.rooms.has(room)) this.#positions.attach(room, sink);
    this.#snapshot(room, reply);
  }

  /** @param {string} room */
  unfollow(room) {
    this.#positions.detach(room);
    if (this.connection.peek() === "online") this.request("unwatch", { room }).catch(() => undefined);
  }

  /** Use a new token. @param {string} value */
  signIn(value) {
    this.token.set(value);
    this.signedOutBy.value = null;
    this.restart();
  }

  /**
   * Make a call that ends this sign-in and answers with a new token. The goodbye that comes first signs nobody out.
   * @param {() => Promise<{token: string}>} call
   */
  async replaceToken(call) {
    this.#replacing = true;
    try {
      this.signIn((await call()).token);
    } finally {
      this.#replacing = false;
      this.connect();
    }
  }

  /** Forget the token and continue as a spectator. @param {string | null} reason */
  signOut(reason = null) {
    this.token.set(null);
    this.signedOutBy.value = reason;
    this.restart();
  }

  /** Close the connection and reconnect at once with the stored token. */
  restart() {
    const socket = this.#socket;
    this.#forget();
    socket?.close(1000);
    this.me.value = null;
    this.wallet.value = null;
    this.#attempt = 0;
    this.connect();
  }

  /** Check the connection now instead of at the next heartbeat, because the page or the network came back. */
  probe() {
    if (this.connection.peek() === "offline") this.connect();
    else if (this.connection.peek() === "online") this.#ping(PROBE_MS);
  }

  /** @param {WebSocket} socket */
  async #hello(socket) {
    this.#usedToken = this.token.get();
    const token = this.#usedToken;
    const positions = Object.entries(this.#positions.known());
    const resume = Object.fromEntries(positions.map(([room, position]) => [room, { ...position, ...invited(room) }]));
    const sentAt = this.clock.read();
    try {
      const ok = await this.#send("hello", token ? { token, resume } : { resume }, ANSWER_MS);
      if (socket !== this.#socket) return;
      this.#welcome(ok, sentAt);
    } catch (error) {
      if (socket !== this.#socket) return;
      const code = error instanceof WireError ? error.code : "";
      const reason = error instanceof WireError ? error.extra.reason : undefined;
      if (code === "token_invalid" || code === "token_expired") this.#refused(reason ?? code);
      else {
        if (code === "rate_limited") this.goodbye.value = "too_many_connections";
        this.#drop(socket);
      }
    }
  }

  /** @param {import("./types.js").HelloOk} ok @param {number} sentAt */
  #welcome(ok, sentAt) {
    clearTimeout(this.#timer);
    this.clock.sample(ok.server_time, sentAt, this.clock.read());
    this.clock.greeted();
    this.#heartbeat = ok.heartbeat_ms;
    this.#attempt = 0;
    this.#retryAfter = 0;
    this.me.value = ok.user;
    this.goodbye.value = null;
    this.connection.value = "online";
    this.#positions.resumed(ok.resumed);
    this.voidBets.reported(ok.void_bets);
    this.#beat();
  }

  /**
   * The server refused the token. Use a newer one from another tab, or continue as a spectator.
   * @param {string} code
   */
  #refused(code) {
    if (this.token.get() === this.#usedToken) this.signOut(code);
    else this.restart();
  }

  /** @param {keyof Verbs} verb @param {object} args @param {number} timeout @returns {Promise<any>} */
  #send(verb, args, timeout) {
    const id = this.#nextId++;
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      const late = () => {
        this.#pending.delete(id);
        reject(new WireError({ code: "timeout", retry: true }));
        if (socket) this.#drop(socket);
      };
      this.#pending.set(id, { resolve, reject, verb, timer: setTimeout(late, timeout) });
      socket?.send(JSON.stringify({ id, do: verb, ...args }));
    });
  }

  /** @param {WebSocket} socket @param {string} data */
  #receive(socket, data) {
    if (socket !== this.#socket) return;
    this.#heardAt = this.clock.read();
    const message = JSON.parse(data);
    if ("re" in message) this.#answer(message);
    else if ("seq" in message && "events" in message) this.#frame(message);
    else if ("snapshot" in message) this.#snapshot(message.room, message);
    else if ("private" in message) this.#positions.private(message.room, message.private);
    else if (message.notice === "wallet") walletReported(message);
    else if (message.notice === "announcement") this.announcements.heard(message);
    else if (message.notice === "goodbye") this.#farewell(message);
  }

  /** @param {{room: string, seq: number, at?: number, events: import("./shapes.d.ts").AnyEvent[]}} frame */
  #frame({ room, seq, at, events }) {
    if (
      at !== undefined &&
      this.clock.heard(
        room,
        at,
        events.some((event) => event.type === "round_opened"),
      )
    )
      this.#ping(ANSWER_MS);
    this.#positions.frame(room, seq, events);
  }

  /** @param {string} room @param {{epoch: string, seq: number, snapshot: import("./types.js").Snapshot}} reply */
  #snapshot(room, { epoch, seq, snapshot }) {
    this.clock.forget(room);
    this.#positions.snapshot(room, epoch, seq, snapshot);
  }

  /** @param {{re: number, ok?: any, error?: any}} message */
  #answer({ re, ok, error }) {
    const pending = this.#pending.get(re);
    if (!pending) return;
    this.#pending.delete(re);
    clearTimeout(pending.timer);
    if (error) return pending.reject(new WireError(error));
    if ("balance" in ok && "version" in ok) walletReported(ok);
    return pending.resolve(ok);
  }

  /** @param {import("./types.js").Goodbye} notice */
  #farewell(notice) {
    this.goodbye.value = notice.reason ?? notice.code;
    this.#retryAfter = notice.retry_after_ms;
  }

  /** Request a room's snapshot. @param {string} room */
  async #refresh(room) {
    try {
      const ok = await this.request("watch", { room, ...invited(room) });
      if (ok.invited !== undefined) inviteChecked(room, ok.invited);
      this.#snapshot(room, ok);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      if (!error.retry) this.#positions.gone(room, error.code, error.message);
      else if (this.connection.peek() === "online") setTimeout(() => void this.#refresh(room), AGAIN_MS);
    }
  }

  /** Ping whenever we hear nothing for a heartbeat. Without an answer, the connection is dropped. */
  #beat() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.clock.read() - this.#heardAt >= this.#heartbeat) this.#ping(ANSWER_MS);
      this.#beat();
    }, this.#heartbeat);
  }

  /** @param {number} timeout */
  #ping(timeout) {
    const sentAt = this.clock.read();
    this.#send("ping", {}, timeout)
      .then((ok) => this.clock.sample(ok.server_time, sentAt, this.clock.read()))
      .catch(() => undefined);
  }

  /** Drop a socket without waiting for its closing handshake. @param {WebSocket} socket */
  #drop(socket) {
    if (socket !== this.#socket) return;
    socket.close();
    this.#closed(socket, 1006);
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#socket = null;
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    for (const { timer, reject } of lost) {
      clearTimeout(timer);
      reject(new WireError({ code: "disconnected", retry: true }));
    }
  }

  /** @param {WebSocket} socket @param {number} code */
  #closed(socket, code) {
    if (socket !== this.#socket) return;
    const said = this.goodbye.peek();
    this.#forget();
    if (code >= FINAL_CLOSE) this.#signedOut(said ?? (code === FINAL_CLOSE ? "signed_out" : "account_disabled"));
    else this.#later();
  }

  /** @param {string} reason */
  #signedOut(reason) {
    if (this.#replacing) return;
    const replaced = this.token.get() !== this.#usedToken;
    if (replaced) return this.restart();
    this.token.set(null);
    this.me.value = null;
    this.wallet.value = null;
    this.signedOutBy.value = reason;
    this.connection.value = "signed_out";
  }

  #later() {
    this.connection.value = "offline";
    const limit = Math.min(BACK_OFF_LIMIT_MS, BACK_OFF_MS * 2 ** this.#attempt++);
    const wait = this.#retryAfter + limit * (0.5 + this.random() / 2);
    this.#retryAfter = 0;
    this.#timer = setTimeout(() => this.connect(), wait);
  }
}

function socketUrl() {
  const { protocol, host } = globalThis.location;
  return `${protocol === "https:" ? "wss" : "ws"}://${host}/ws`;
}

export const wire = new Wire();

export const serverNow = () => wire.serverNow();

/** Start the page's connection, and check it when the browser reports that the page or the network is back. */
export function startWire() {
  wire.token.onChange(() => wire.restart());
  globalThis.addEventListener("online", () => wire.probe());
  globalThis.addEventListener("offline", () => wire.probe());
  globalThis.addEventListener("pageshow", () => wire.probe());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) wire.probe();
  });
  wire.connect();
}
