// Written by `python -m cli.types_js` from server/messages.py. Change that file, not this one.

/** A move in the round; what comes beside ``room`` and ``action`` is the game's own. */
export interface Act {
  do: "act";
  room: string;
  action: string;
  id: number | string;
}

/** Wager ``amount`` cents. The key makes it happen once, whatever is sent again. */
export interface Bet {
  do: "bet";
  room: string;
  amount: number;
  key: string;
  selection?: any;
  round?: string | null;
  id: number | string;
}

/** The bet's names, and the wallet as it is now. */
export interface BetOk {
  bet: string;
  round: string;
  balance: number;
  held: number;
  version: number;
}

export interface BetPlaced {
  type: "bet_placed";
  player: string;
  bet: string;
  amount: number;
  selection: any;
}

export interface Chat {
  do: "chat";
  room: string;
  text: string;
  id: number | string;
}

export interface ChatLine {
  player: string;
  text: string;
  at: number;
}

export interface ChatSaid {
  type: "chat";
  player: string;
  text: string;
  at: number;
}

export interface Empty {
}

/** ``field`` names what is wrong in the request. Some codes bring members of their own: ``retry_after_ms``, … */
export interface ErrorBody {
  code: string;
  message: string;
  retry: boolean;
  field?: string;
}

export interface ErrorReply {
  re: number | string | null;
  error: ErrorBody;
}

/** Events of a room; ``seq`` grows by exactly one from frame to frame. */
export interface Frame {
  room: string;
  seq: number;
  events: Array<any>;
}

/** Sent before the server closes the connection. */
export interface Goodbye {
  notice: "goodbye";
  code: string;
  message: string;
  retry: boolean;
  retry_after_ms: number;
}

/** Must come first, within 10 s. Without a token the connection can only watch. */
export interface Hello {
  do: "hello";
  token?: string | null;
  resume?: Record<string, Resumption>;
  id: number | string;
}

export interface HelloOk {
  user: User | null;
  node: string;
  server_time: number;
  heartbeat_ms: number;
  resumed: Record<string, "frames" | "snapshot">;
}

/** Sit down: in a room by its key, or at a single-player game by its name, which opens a room. ``invite`` is that of a private room; who has shown it once need not do so again. */
export interface Join {
  do: "join";
  room?: string | null;
  game?: string | null;
  seat?: number | null;
  invite?: string | null;
  id: number | string;
}

export interface JoinOk {
  room: string;
  session: number;
  epoch: string;
  seq: number;
  snapshot: Snapshot;
}

/** Stand up. A live bet stays until its round ends. */
export interface Leave {
  do: "leave";
  room: string;
  id: number | string;
}

export interface PastRound {
  round: string;
  outcome: Record<string, any>;
}

export interface Ping {
  do: "ping";
  id: number | string;
}

export interface PingOk {
  server_time: number;
}

export interface PlayerAway {
  type: "player_away";
  player: string;
}

export interface PlayerBack {
  type: "player_back";
  player: string;
}

/** Somebody sat down. With a session that is known: a player has a new name, and ``player_left`` of the old one follows. */
export interface PlayerJoined {
  type: "player_joined";
  player: string;
  session: number;
  seat: number;
}

export interface PlayerLeft {
  type: "player_left";
  player: string;
}

/** What only this player may know; not numbered. ``room_closed`` here: the player has no seat in a private room any more, and may not watch it; or its node did not live to close it in a frame. */
export interface PrivateFrame {
  room: string;
  private: Array<any>;
}

/** What the owner of a private room has settled. Without a seat it is seen ``delay`` seconds late. */
export interface PrivateRoom {
  owner: string;
  seats: number;
  listed: boolean;
  watch: "everybody" | "invited" | "nobody";
  delay: number;
  invited_only: boolean;
  invite?: string | null;
}

/** Exactly one for each request, with its id; ``ok`` is the verb's own. */
export interface Reply {
  re: number | string | null;
  ok: any;
}

export interface ResultLine {
  player: string;
  bet: string;
  amount: number;
  result: string;
  payout: number;
}

/** ``invite`` lets somebody without an account back into a room that only those invited may watch. */
export interface Resumption {
  epoch: string;
  seq: number;
  invite?: string | null;
}

export interface RoomClosed {
  type: "room_closed";
}

export interface RoomPaused {
  type: "room_paused";
  reason: string;
}

export interface RoomResumed {
  type: "room_resumed";
}

/** A room as a card of the lobby; times in ms since the epoch. Of a private room, all but its seats is as old as ``delay`` says, in seconds; where not everybody may watch, ``phase`` is ``hidden``, and no round is told of. */
export interface RoomSummary {
  room: string;
  game: string;
  title: string;
  shared: boolean;
  private: boolean;
  owner: string | null;
  seats: number;
  watch: "everybody" | "invited" | "nobody";
  invited_only: boolean;
  delay: number;
  options: any;
  players: number;
  spectators: number;
  phase: string;
  closes_at: number | null;
  started_at: number | null;
  paused: string | null;
  round: string | null;
  history: Array<PastRound>;
}

/** The live rooms in which players sit together, but for private ones that are in no list: all, or those of one game. */
export interface Rooms {
  do: "rooms";
  game?: string | null;
  id: number | string;
}

export interface RoomsOk {
  rooms: Array<RoomSummary>;
}

export interface RoundEnded {
  type: "round_ended";
  round: string;
  outcome: Record<string, any>;
  server_seed: string;
  client_seed: string;
  nonce: number;
  results: Array<ResultLine>;
}

export interface RoundName {
  round: string;
  number: number;
  server_seed_hash: string;
}

export interface RoundOpened {
  type: "round_opened";
  round: string;
  number: number;
  server_seed_hash: string;
  closes_at?: number | null;
}

export interface RoundStarted {
  type: "round_started";
  started_at: number;
}

export interface RoundVoid {
  type: "round_void";
  round: string;
  reason: string;
}

export interface Sitter {
  player: string;
  session: number;
  away: boolean;
  seat: number;
}

/** All of a room that the viewer may see. ``view`` is the game's own. */
export interface Snapshot {
  game: string;
  round: RoundName | null;
  paused: string | null;
  view: Record<string, any>;
  bets: Array<Wager>;
  players: Array<Sitter>;
  spectators: number;
  chat: Array<ChatLine>;
  history: Array<PastRound>;
  limits: StakeLimits;
  options: any;
  private?: PrivateRoom | null;
  you?: You | null;
}

/** Replaces all that was known of the room. */
export interface SnapshotFrame {
  room: string;
  epoch: string;
  seq: number;
  snapshot: Snapshot;
}

export interface Spectators {
  type: "spectators";
  count: number;
}

export interface StakeLimits {
  min_stake: number;
  max_stake: number;
}

export interface Unwatch {
  do: "unwatch";
  room: string;
  id: number | string;
}

export interface User {
  username: string;
  client_seed: string;
}

/** A live bet as everybody sees it. */
export interface Wager {
  player: string;
  bet: string;
  amount: number;
  selection: any;
}

/** The wallet now; a smaller version than one seen is stale. */
export interface WalletNotice {
  notice: "wallet";
  balance: number;
  held: number;
  version: number;
}

/** Receive a room's frames: the room's key, or a live session's number for the room it is in. ``invite`` is that of a private room; who has shown it once need not do so again. */
export interface Watch {
  do: "watch";
  room?: string | null;
  session?: number | null;
  invite?: string | null;
  id: number | string;
}

export interface WatchOk {
  room: string;
  epoch: string;
  seq: number;
  snapshot: Snapshot;
}

/** The viewer's own place in the room. */
export interface You {
  player: string;
  session: number;
  seat: number;
}

export type CommonEvent = RoundOpened | BetPlaced | RoundStarted | RoundEnded | RoundVoid | PlayerJoined | PlayerLeft | PlayerAway | PlayerBack | ChatSaid | Spectators | RoomPaused | RoomResumed | RoomClosed;

export type ServerMessage = Reply | ErrorReply | Frame | SnapshotFrame | PrivateFrame | WalletNotice | Goodbye;

/** The arguments of each verb, without its id, and the type of its `ok`. */
export interface Verbs {
  hello: { args: Omit<Hello, "id" | "do">; ok: HelloOk };
  rooms: { args: Omit<Rooms, "id" | "do">; ok: RoomsOk };
  watch: { args: Omit<Watch, "id" | "do">; ok: WatchOk };
  unwatch: { args: Omit<Unwatch, "id" | "do">; ok: Empty };
  join: { args: Omit<Join, "id" | "do">; ok: JoinOk };
  leave: { args: Omit<Leave, "id" | "do">; ok: Empty };
  bet: { args: Omit<Bet, "id" | "do">; ok: BetOk };
  act: { args: Omit<Act, "id" | "do"> & Record<string, unknown>; ok: Record<string, any> };
  chat: { args: Omit<Chat, "id" | "do">; ok: Empty };
  ping: { args: Omit<Ping, "id" | "do">; ok: PingOk };
}
