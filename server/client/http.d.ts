// Written by `python -m cli.types_js` from the routes of server/web. Change that file, not this one.

import type { RoomsOk, SnapshotFrame, StakeLimits } from "./types.js";

/** The odds of one kind of bet, in stakes. `return_to_player` is what it returns on average at the given stake, and `unrounded_return` what it would return if payouts were not rounded down to whole cents; `deviation` is the standard deviation of its payout. `method` says how the odds were calculated. */
export interface BetOdds {
  bet: string;
  return_to_player: number;
  unrounded_return: number;
  deviation: number;
  largest_multiplier: number;
  method: string;
}

export interface BetView {
  bet: string;
  round: string;
  room: string;
  game: string;
  session: number;
  amount: number;
  selection: any;
  result: string;
  payout: number;
  created_at: string;
}

/** `next_cursor` is null on the last page. */
export interface BetViewPage {
  items: Array<BetView>;
  next_cursor: string | null;
}

/** The daily bonus: `amount` cents, 0 if the server has none, for a balance below `below`. `due`: the player can claim it now; `next_at`: not before then. */
export interface BonusDue {
  amount: number;
  below: number;
  due: boolean;
  next_at: string | null;
}

export interface BonusView {
  amount: number;
  next_at: string;
  wallet: WalletView;
}

export interface CategorisedQuery {
  limit?: number;
  cursor?: string;
  game?: string;
  from?: string;
  to?: string;
  format?: "csv" | "json";
  bom?: "no" | "yes";
  category?: string;
}

export interface ClientSeed {
  client_seed: string;
}

export interface Deletion {
  password: string;
}

export interface ForgotPassword {
  email: string;
  device?: string;
  next?: string;
}

/** Send `invite` with `join` or `watch`. */
export interface FoundRoom {
  room: string;
  invite: string;
}

export interface GameList {
  games: Array<GameView>;
}

/** `options`, `selection` and `action` are JSON Schemas. `return_to_player` and `largest_multiplier` are multiples of the stake. If `public`, a room with the game's name is always open; other shared games have only private rooms. */
export interface GameView {
  name: string;
  title: string;
  summary: string;
  rules: string;
  shared: boolean;
  public: boolean;
  seats: number;
  return_to_player: number;
  largest_multiplier: number;
  limits: StakeLimits;
  options: Record<string, any>;
  selection: Record<string, any>;
  action: Record<string, any> | null;
}

/** `invite` gives access to a private room that only invited people may watch. */
export interface HandQuery {
  format?: "phh" | "text";
  invite?: string;
}

/** The interval includes `from` and excludes `to`. `format=csv` downloads all rows and ignores `limit`; with `bom=yes` the file begins with a byte order mark, without which Excel does not read it as UTF-8. */
export interface HistoryQuery {
  limit?: number;
  cursor?: string;
  game?: string;
  from?: string;
  to?: string;
  format?: "csv" | "json";
  bom?: "no" | "yes";
}

/** `field` is a path, such as `profile.dob`; empty means the whole body. `reason` says more than `code`, for clients that have their own words; `values` are those in the message. */
export interface InvalidField {
  field: string;
  code: string;
  message: string;
  reason?: string;
  values?: Record<string, any>;
}

/** A transaction of a bet; `amount` is cents. */
export interface LedgerRow {
  type: string;
  category: string;
  amount: number;
  created_at: string;
}

/** The limit will be `to` from `at` on; null means no limit. */
export interface LimitChange {
  to: number | null;
  at: string;
}

/** Omitted limits keep their values; null removes a limit. Lowering a limit takes effect at once, raising or removing it after 24 hours. */
export interface LimitsUpdate {
  stake?: number | null;
  loss_a_day?: number | null;
  break_until?: string | null;
}

/** A player's limits on their own play; null means no limit. `next_…` are raised limits that take effect later. */
export interface LimitsView {
  stake: number | null;
  loss_a_day: number | null;
  break_until: string | null;
  next_stake: LimitChange | null;
  next_loss_a_day: LimitChange | null;
}

export interface Login {
  identifier: string;
  password: string;
  device?: string;
  name?: string;
}

export interface Me {
  username: string;
  full_name: string;
  email: string;
  roll_number: string;
  email_verified: boolean;
  created_at: string;
  last_login: string | null;
  client_seed: string;
  profile: Profile;
  wallet: WalletView;
}

/** Omitted fields keep their values. */
export interface MeUpdate {
  username?: string;
  full_name?: string;
  profile?: ProfileUpdate;
}

/** A private room to open. `options` are the game's own. `seats` defaults to the most that the game allows. A `listed` room appears in the lobby, where anyone may join it unless it is `invited_only`. `watch` says who may watch without a seat; spectators see the room `delay` seconds late. */
export interface NewRoom {
  game: string;
  options?: Record<string, any>;
  seats?: number;
  listed?: boolean;
  watch?: "everybody" | "invited" | "nobody";
  delay?: number;
  invited_only?: boolean;
}

/** A bet with moves has several odds, one for each way to play it. */
export interface OddsAtStake {
  bets: Array<BetOdds>;
}

/** A bet of `stake` cents on `selection`; without a selection, every kind of bet. `options` are the room's. */
export interface OddsQuestion {
  stake: number;
  selection?: Record<string, any> | null;
  options?: Record<string, any>;
}

/** Guests send `invite` with their `join` or `watch`. `code` is its short form, for people who type it. */
export interface OpenedRoom {
  room: string;
  invite: string;
  code: string;
}

export interface OwnRoom {
  room: string;
  invite: string;
  code: string;
  game: string;
  seats: number;
  listed: boolean;
  watch: "everybody" | "invited" | "nobody";
  delay: number;
  invited_only: boolean;
}

export interface OwnRooms {
  rooms: Array<OwnRoom>;
}

export interface PasswordChange {
  current_password: string;
  password: string;
}

export interface PasswordReset {
  token: string;
  password: string;
}

/** An RFC 9457 problem document. `code` is stable; `detail` is for people and may change. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  errors?: Array<InvalidField>;
  retry_after?: number | null;
  next_at?: string | null;
  reason?: string | null;
  values?: Record<string, any>;
  request_id?: string | null;
}

/** What players say about themselves. */
export interface Profile {
  bio?: string | null;
  avatar_url?: string | null;
  location?: string | null;
  dob?: string | null;
}

/** Omitted fields keep their values; null clears a field. */
export interface ProfileUpdate {
  bio?: string | null;
  avatar_url?: string | null;
  location?: string | null;
  dob?: string | null;
}

/** Everything needed to recompute a round. Of an open round, only what was public before its bets. The document of an ended round never changes, except that what is published later is added. */
export interface Proof {
  round: string;
  game: string;
  room: string;
  number: number;
  status: string;
  server_seed_hash: string;
  server_seed: string | null;
  client_seed: string | null;
  nonce: number;
  options: any;
  journal: any;
  outcome: any;
  opened_at_ms: number;
  started_at: string;
  ended_at: string | null;
  bets: Array<ProofBet>;
  published_later: PublishedLater | null;
  digest?: string;
}

/** A bet and the ledger rows that settled it. `seat` is its place in the journal and the outcome, or null if the journal was lost. `player` is always null: names change, so `/rounds/{round}/players` has them. */
export interface ProofBet {
  bet: string;
  seat: number | null;
  player?: null;
  amount: number;
  selection: any;
  result: string;
  payout: number;
  created_at: string;
  transactions: Array<LedgerRow>;
}

/** `invite` gives access to a private room that only invited people may watch. */
export interface ProofQuery {
  invite?: string;
}

export interface PublicProfile {
  username: string;
  bio: string | null;
  avatar_url: string | null;
  location: string | null;
  created_at: string;
}

/** What the document contains only from the time `at` on: its `server_seed`, and what would reveal cards that stay hidden between the players. `members` names these, as in `outcome.deck`. */
export interface PublishedLater {
  at: string;
  members: Array<string>;
}

/** `full_name` is the username unless it is given. Without a `password`, the player chooses one with the link of the mail. */
export interface Register {
  roll_number: string;
  email: string;
  username: string;
  full_name?: string;
  password?: string;
  next?: string;
}

export interface Resend {
  email: string;
  next?: string;
}

/** `invite` gives access to a room that only invited people may watch. */
export interface RoomQuery {
  invite?: string;
}

export interface RoomsQuery {
  game?: string;
}

/** The present name of the player who placed a bet. */
export interface RoundPlayer {
  bet: string;
  player: string;
}

/** The players of an ended round, by bet. Those whose accounts are deleted are missing. */
export interface RoundPlayers {
  players: Array<RoundPlayer>;
}

/** A past round; `outcome` is what it drew. A void round has no `server_seed`. If cards stay hidden between the players, the seed and what would reveal the cards are published at `seed_published_at`. */
export interface RoundView {
  round: string;
  game: string;
  status: string;
  server_seed_hash: string;
  server_seed: string | null;
  client_seed: string | null;
  nonce: number;
  outcome: any;
  started_at: string;
  ended_at: string | null;
  seed_published_at: string | null;
}

/** `next_cursor` is null on the last page. */
export interface RoundViewPage {
  items: Array<RoundView>;
  next_cursor: string | null;
}

/** `invite` gives access to a private room that only invited people may watch. */
export interface RoundsQuery {
  limit?: number;
  cursor?: string;
  invite?: string;
}

export interface SeedUpdate {
  client_seed: string;
}

/** `ended_at` is null while the session is live. */
export interface SessionView {
  session: number;
  game: string;
  room: string;
  started_at: string;
  ended_at: string | null;
}

/** `next_cursor` is null on the last page. */
export interface SessionViewPage {
  items: Array<SessionView>;
  next_cursor: string | null;
}

export interface SignIn {
  token: string;
  token_type: "Bearer";
  expires_at: string;
  user: Me;
  device: string;
}

export interface SignInList {
  sign_ins: Array<SignInView>;
}

/** A sign-in. `used_at` may be older than the last use by an eighth of a sign-in's life. */
export interface SignInView {
  id: number;
  name: string;
  created_at: string;
  used_at: string;
  expires_at: string;
  is_current: boolean;
}

/** `bet` names the bet that the transaction belongs to; null if it belongs to none. */
export interface TransactionView {
  type: string;
  category: string;
  amount: number;
  balance_after: number;
  description: string;
  created_at: string;
  game: string | null;
  bet: string | null;
}

/** `next_cursor` is null on the last page. */
export interface TransactionViewPage {
  items: Array<TransactionView>;
  next_cursor: string | null;
}

export interface UserAnswer {
  user: UserView;
}

/** An account, as its owner sees it, without a wallet. */
export interface UserView {
  username: string;
  full_name: string;
  email: string;
  roll_number: string;
  email_verified: boolean;
  created_at: string;
}

/** `password` is that of the sign-up; whoever does not know it gives a `new_password` instead. */
export interface VerifyEmail {
  token: string;
  password?: string;
  new_password?: string;
}

/** `held` is staked in unsettled rounds; `available` = `balance` − `held`. */
export interface WalletView {
  balance: number;
  held: number;
  available: number;
  version: number;
}

/** The arguments and the answer of each call, by method and path. */
export interface HttpCalls {
  "POST /auth/register": { args: { body: Register }; answer: UserAnswer };
  "POST /auth/verify-email": { args: { body: VerifyEmail }; answer: UserAnswer };
  "POST /auth/verify-email/resend": { args: { body: Resend }; answer: null };
  "POST /auth/login": { args: { body: Login }; answer: SignIn };
  "POST /auth/logout": { args: {}; answer: null };
  "POST /auth/password/forgot": { args: { body: ForgotPassword }; answer: null };
  "POST /auth/password/reset": { args: { body: PasswordReset }; answer: null };
  "POST /auth/password/change": { args: { body: PasswordChange }; answer: SignIn };
  "GET /me/sign-ins": { args: {}; answer: SignInList };
  "DELETE /me/sign-ins/{sign_in}": { args: { path: { sign_in: string } }; answer: null };
  "DELETE /me/sign-ins": { args: {}; answer: null };
  "GET /me": { args: {}; answer: Me };
  "PATCH /me": { args: { body: MeUpdate }; answer: Me };
  "DELETE /me": { args: { body: Deletion }; answer: null };
  "GET /me/wallet": { args: {}; answer: WalletView };
  "GET /me/transactions": { args: { query?: CategorisedQuery }; answer: TransactionViewPage };
  "GET /me/sessions": { args: { query?: HistoryQuery }; answer: SessionViewPage };
  "GET /me/bets": { args: { query?: CategorisedQuery }; answer: BetViewPage };
  "GET /me/daily-bonus": { args: {}; answer: BonusDue };
  "POST /me/daily-bonus": { args: {}; answer: BonusView };
  "PUT /me/client-seed": { args: { body: SeedUpdate }; answer: ClientSeed };
  "GET /me/limits": { args: {}; answer: LimitsView };
  "PUT /me/limits": { args: { body: LimitsUpdate }; answer: LimitsView };
  "GET /users/{username}": { args: { path: { username: string } }; answer: PublicProfile };
  "GET /games": { args: {}; answer: GameList };
  "GET /games/{name}": { args: { path: { name: string } }; answer: GameView };
  "POST /games/{name}/odds": { args: { path: { name: string }; body: OddsQuestion }; answer: OddsAtStake };
  "GET /rooms": { args: { query?: RoomsQuery }; answer: RoomsOk };
  "GET /rooms/{room}": { args: { path: { room: string }; query?: RoomQuery }; answer: SnapshotFrame };
  "POST /rooms": { args: { body: NewRoom }; answer: OpenedRoom };
  "GET /join/{code}": { args: { path: { code: string } }; answer: FoundRoom };
  "DELETE /rooms/{room}": { args: { path: { room: string } }; answer: null };
  "GET /me/rooms": { args: {}; answer: OwnRooms };
  "GET /rooms/{room}/rounds": { args: { path: { room: string }; query?: RoundsQuery }; answer: RoundViewPage };
  "GET /rounds/{round}": { args: { path: { round: string }; query?: ProofQuery }; answer: Proof };
  "GET /rounds/{round}/hand": { args: { path: { round: string }; query?: HandQuery }; answer: null };
  "GET /rounds/{round}/players": { args: { path: { round: string }; query?: ProofQuery }; answer: RoundPlayers };
}
