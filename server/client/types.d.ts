// Written by `python -m cli.types_js` from server/messages.py. Change that file, not this one.

/** Make a move in the round; with `round`, only in that one. All fields except `room`, `action`, `key` and `round` are the game's own. The error of a move that came after its round has that `round`'s name. A repeated request with the same `key` makes no second move: it gets the first one's reply, or its refusal by the room. So a new attempt takes a new key. */
export interface Act {
  do: "act";
  room: string;
  action: string;
  key?: string | null;
  round?: string | null;
  id: number | string;
}

/** The operator says this to everybody who is connected, signed in or not, since `at` in ms since the epoch. A client that reconnects in that moment may get the same `number` twice. */
export interface AnnouncementNotice {
  notice: "announcement";
  number: number;
  text: string;
  at: number;
}

/** Bet `amount` cents. A repeated request with the same key places no second bet. `client_seed` counts in this round only, and only with the player's first bet in it. Without one, the account's own seed counts, as it is at that moment. */
export interface Bet {
  do: "bet";
  room: string;
  amount: number;
  key: string;
  selection?: any;
  round?: string | null;
  client_seed?: string | null;
  id: number | string;
}

/** The names of the bet and its round, and the wallet now. */
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

/** The player left the room with `amount` cents at `left_at` and has to bring at least that back before `until`. Times are in ms since the epoch. */
export interface BringsBack {
  amount: number;
  left_at: number;
  until: number;
}

/** Say something to everyone in the room. */
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

/** The player's account is deleted: show none of its lines any more. Frames that are sent again, to a client that reconnects, have this in place of each of its lines. */
export interface ChatRemoved {
  type: "chat_removed";
  player: string;
}

export interface ChatSaid {
  type: "chat";
  player: string;
  text: string;
  at: number;
}

export interface Empty {
}

/** `field` names the invalid field of the request. If the message says more than the code, `reason` is a word for that, and `values` are the values in it. Some codes add further members, such as `retry_after_ms`. */
export interface ErrorBody {
  code: string;
  message: string;
  retry: boolean;
  field?: string;
  retry_after_ms?: number;
  retry_after?: number;
  reason?: string;
  values?: Record<string, any>;
  available?: number;
  bet?: string;
  round?: string;
  until?: string;
  limit?: number;
  staked?: number;
  minimum?: number;
  left_at?: string;
}

export interface ErrorReply {
  re: number | string | null;
  error: ErrorBody;
}

/** Events of a room. `seq` grows by exactly one from frame to frame. `at` is the time in the room when it sent the frame, in ms since the epoch; the deadlines of its round are times in the room. Between two rounds this time may step, if the server's clock was set. */
export interface Frame {
  room: string;
  seq: number;
  events: Array<any>;
  at?: number;
}

/** The last message before the server closes the connection. */
export interface Goodbye {
  notice: "goodbye";
  code: string;
  message: string;
  retry: boolean;
  retry_after_ms: number;
  reason?: "account_disabled" | "password_changed" | "signed_out" | "signed_out_elsewhere" | "token_expired" | "too_many_devices";
}

/** The first request, due within 10 s. Without a token, the connection can only watch. */
export interface Hello {
  do: "hello";
  token?: string | null;
  resume?: Record<string, Resumption>;
  id: number | string;
}

/** `void_bets` are the player's bets in rounds that became void within the last week, newest first and at most 20: a client that was away learns from them what became of its bets. */
export interface HelloOk {
  user: User | null;
  node: string;
  server_time: number;
  heartbeat_ms: number;
  resumed: Record<string, "frames" | "snapshot">;
  void_bets: Array<VoidBet>;
}

/** Take a seat in a room, named by its key, or in a single-player game, whose name opens a room. `invite` gives access to a private room; a client needs to send it only once. */
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

/** Give up the seat. A live bet stays until its round ends. A repeated request with the same `key` gets the same reply and gives up no seat that was taken meanwhile. */
export interface Leave {
  do: "leave";
  room: string;
  key?: string | null;
  id: number | string;
}

export interface PastRound {
  round: string;
  outcome: Record<string, any>;
}

/** Ask whether the connection works, and for the server's time. */
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

/** A player took a seat. If the session is already known, its player was renamed, and `player_left` with the old name follows. */
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

/** Events for this player alone, without a number. `room_closed` here means that the player lost the seat in a private room and may not watch it, or that the room's node died before it could close the room in a frame. */
export interface PrivateFrame {
  room: string;
  private: Array<any>;
}

/** How the owner has set up a private room. Viewers without a seat see it `delay` seconds late. */
export interface PrivateRoom {
  owner: string;
  seats: number;
  listed: boolean;
  watch: "everybody" | "invited" | "nobody";
  delay: number;
  invited_only: boolean;
  invite?: string | null;
  code?: string | null;
}

/** The reply to a request; `re` is the request's id. The type of `ok` depends on the verb. */
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

/** `invite` gives a client without an account access to a room that only invited people may watch. */
export interface Resumption {
  epoch: string;
  seq: number;
  invite?: string | null;
}

export interface RoomClosed {
  type: "room_closed";
}

/** The room takes no bets. `reason`: `database` (the database is away), `redis` (the servers can't reach each other), `game` (faults of the game made rounds void, and the next one opens later) or `closing` (the owner is closing the room). */
export interface RoomPaused {
  type: "room_paused";
  reason: string;
}

export interface RoomResumed {
  type: "room_resumed";
}

/** A room as the lobby shows it; times in ms since the epoch. A private room is shown `delay` seconds late, except for its seats. If not everyone may watch it, `phase` is `hidden` and nothing of its rounds is shown. */
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

/** List the live rooms of shared games, or of one game, without private rooms that are not listed. */
export interface Rooms {
  do: "rooms";
  game?: string | null;
  id: number | string;
}

export interface RoomsOk {
  rooms: Array<RoomSummary>;
}

/** A settled round. If cards stay hidden between its players, `server_seed` is null here, the outcome lacks what would reveal them, and both are published at `seed_published_at`, in ms since the epoch. */
export interface RoundEnded {
  type: "round_ended";
  round: string;
  outcome: Record<string, any>;
  server_seed: string | null;
  client_seed: string;
  nonce: number;
  results: Array<ResultLine>;
  seed_published_at?: number | null;
}

export interface RoundHead {
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

/** Everything in a room that the viewer may see. `view` is the game's own. */
export interface Snapshot {
  game: string;
  round: RoundHead | null;
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

/** Replaces everything that the client knew about the room. */
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

/** Private: the player has kept the seat, but the stack went back to the wallet. Their next bet has to bring it back. */
export interface StackTaken {
  type: "stack_taken";
  brings_back: BringsBack;
}

export interface StakeLimits {
  min_stake: number;
  max_stake: number;
}

/** Private: the player's stake of `amount` cents would have stayed in the game, but went back to the wallet, for the reason that the error `code`, its `reason` and the `message` name. */
export interface StakeReturned {
  type: "stake_returned";
  amount: number;
  code: string;
  message: string;
  reason?: string;
  values?: Record<string, any>;
}

/** Receive no more frames of a room. */
export interface Unwatch {
  do: "unwatch";
  room: string;
  id: number | string;
}

export interface User {
  username: string;
  client_seed: string;
}

/** A bet whose round became void at `ended_at`, for a `reason` of `round_void`. Its stake was returned. */
export interface VoidBet {
  bet: string;
  game: string;
  room: string;
  amount: number;
  reason: string;
  ended_at: number;
}

/** A live bet, as everyone sees it. */
export interface Wager {
  player: string;
  bet: string;
  amount: number;
  selection: any;
}

/** The wallet now. A notice with a smaller version than an earlier one is stale. */
export interface WalletNotice {
  notice: "wallet";
  balance: number;
  held: number;
  version: number;
}

/** Receive the frames of a room, named by its key or by the number of a live session in it. `invite` gives access to a private room; a client needs to send it only once. */
export interface Watch {
  do: "watch";
  room?: string | null;
  session?: number | null;
  invite?: string | null;
  id: number | string;
}

/** `invited`: whether the request's invite to a private room is right. */
export interface WatchOk {
  room: string;
  epoch: string;
  seq: number;
  snapshot: Snapshot;
  invited?: boolean;
}

/** The viewer's own seat in the room. `brings_back` is the least that the player's next bet may be. */
export interface You {
  player: string;
  session: number;
  seat: number;
  brings_back?: BringsBack;
}

export type CommonEvent = RoundOpened | BetPlaced | RoundStarted | RoundEnded | RoundVoid | StakeReturned | StackTaken | PlayerJoined | PlayerLeft | PlayerAway | PlayerBack | ChatSaid | ChatRemoved | Spectators | RoomPaused | RoomResumed | RoomClosed;

export type ServerMessage = Reply | ErrorReply | Frame | SnapshotFrame | PrivateFrame | WalletNotice | AnnouncementNotice | Goodbye;

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
