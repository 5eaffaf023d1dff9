/** A fake socket and a fake token store for tests. */

import { Token } from "../../server/client/token.js";
import { VoidBets } from "../../server/client/void_bets.js";
import { wallet } from "../../server/client/wallet.js";
import { Wire } from "../../server/client/wire.js";

export class FakeSocket {
  sent = [];
  closedWith = null;
  onopen = () => undefined;
  onmessage = () => undefined;
  onclose = () => undefined;

  send(data) {
    this.sent.push(JSON.parse(data));
  }

  close(code) {
    this.closedWith = code ?? 1005;
  }

  /** The server speaks. */
  say(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }

  /** The server answers the last request of this verb. */
  answer(verb, ok) {
    this.say({ re: this.last(verb).id, ok });
  }

  refuse(verb, error) {
    this.say({ re: this.last(verb).id, error });
  }

  last(verb) {
    return this.sent.findLast((message) => message.do === verb);
  }

  /** The server or the network closes. */
  end(code = 1006) {
    this.onclose({ code });
  }
}

export function memoryStore(entries = []) {
  const kept = new Map(entries);
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, text) => kept.set(key, text),
    removeItem: (key) => kept.delete(key),
  };
}

export const memoryToken = (value = null) => new Token(memoryStore(value === null ? [] : [["croupier.token", value]]));

/** A wire with fake sockets; the newest is last in `sockets`. */
export function fakeWire({ token = null } = {}) {
  const sockets = [];
  wallet.value = null;
  const open = () => {
    sockets.push(new FakeSocket());
    return sockets.at(-1);
  };
  const voidBets = new VoidBets(memoryStore());
  const wire = new Wire({ url: "ws://test", token: memoryToken(token), open, random: () => 0, voidBets });
  return { wire, sockets, socket: () => sockets.at(-1) };
}

export const helloOk = (more = {}) => ({
  user: null,
  node: "n",
  server_time: Date.now(),
  heartbeat_ms: 20_000,
  resumed: {},
  void_bets: [],
  ...more,
});

/** Let resolved promises run. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Connect and answer the hello. */
export async function welcome(fake, more = {}) {
  if (!fake.socket()) fake.wire.connect();
  fake.socket().onopen();
  fake.socket().answer("hello", helloOk(more));
  await settle();
}

export const snapshotOf = (more = {}) => ({
  game: "crash",
  round: { round: "crash.1", number: 1, server_seed_hash: "aa" },
  paused: null,
  view: { phase: "betting" },
  bets: [],
  players: [],
  spectators: 0,
  chat: [],
  history: [],
  limits: { min_stake: 1, max_stake: 100 },
  options: {},
  you: null,
  ...more,
});
