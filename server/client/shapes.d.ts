// Types that exist only in the client: what it keeps of a room, and what a game's face provides.

import type { ComponentType } from "preact";
import type { HttpCalls } from "./http.js";
import type { RoomStore } from "./rooms.js";
import type {
  ChatLine,
  PastRound,
  PrivateRoom,
  ResultLine,
  RoomSummary,
  RoundHead,
  Sitter,
  StakeLimits,
  StakeReturned,
  Wager,
  You,
} from "./types.js";

/** An object whose fields each game defines: a view, an outcome, options. */
// biome-ignore lint/suspicious/noExplicitAny: only the game's own face knows the fields
export type GameData = Record<string, any>;

export type Connection = "connecting" | "online" | "offline" | "signed_out";

export interface WalletState {
  balance: number;
  held: number;
  version: number;
}

/** A finished round as `round_ended` reported it; kept until the next one ends. */
export interface EndedRound {
  round: string;
  outcome: GameData;
  server_seed: string | null;
  client_seed: string;
  nonce: number;
  results: ResultLine[];
}

/** A bet in the current round; `result` and `payout` are set once the round has ended. */
export interface LiveBet extends Wager {
  result?: string;
  payout?: number;
}

/** Everything the client knows about a room. Every change makes a new object; `view` belongs to the game. */
export interface RoomState {
  room: string;
  epoch: string;
  seq: number;
  game: string;
  round: RoundHead | null;
  view: GameData;
  bets: LiveBet[];
  players: Sitter[];
  spectators: number;
  chat: ChatLine[];
  history: PastRound[];
  you: You | null;
  /** The terms that the owner of a private room chose; null for a public room. */
  private: PrivateRoom | null;
  paused: string | null;
  closed: boolean;
  limits: StakeLimits;
  options: GameData;
  /** The last round that ended while we watched. */
  last: EndedRound | null;
  /** The last round (or the one before it) if it was void, with its bets; `reason` is null if the server gave none. */
  voided: { round: string; reason: string | null; bets: LiveBet[] } | null;
  /** Our stake that could not stay in the game and is in the wallet again, and the code and message that say why. */
  returned?: Omit<StakeReturned, "type"> | null;
}

/** An event in a room: a common one or one of the game's own. */
export interface AnyEvent extends GameData {
  type: string;
}

/** What happened while the connection was down. */
export interface Missed {
  rounds: number;
  /** Net change of the wallet in cents. */
  change: number;
}

/** The state of a bet, for a list of bets. */
export interface BetStatus {
  text: string;
  payout: number;
  tone: string;
}

/** What every page needs to know about a game (`tile.js`). */
export interface Tile {
  title: string;
  /** What is drawn in a square of 120 × 80 on the lobby's tile. */
  Picture: ComponentType;
  /** What past results are, such as “Crashed at”. */
  results?: string;
  /** An outcome in a few characters, for past results and lobby tiles. */
  resultText: (outcome: GameData) => { text: string; tone: "good" | "bad" | "plain" };
  /** Runs after the common reducer and gets its view; `state.view` is still the view before the event. */
  reduce?: (view: GameData, event: AnyEvent, state: RoomState) => GameData;
  /** The live line of a lobby tile. Without it, the lobby shows phase and countdown. */
  Summary?: ComponentType<{ summary: RoomSummary; state: RoomState | null }>;
  betStatus?: (bet: LiveBet, view: GameData) => BetStatus | null;
  /** What a player has at the table now, in cents, if that is not the sum of the bets; null for nobody there. */
  stackOf?: (view: GameData, player: string) => number | null;
  /** What to tell a player whose move came after the round, in a sentence. */
  tooLate?: (outcome: GameData) => string;
  /** What the player could do in this room, in a word or two for the tile's button; null for nothing special. */
  call?: (view: GameData, player: string) => string | null;
  /**
   * What the player in this seat has to decide now, in words for the tab's title; null for nothing. Without it, `turn` of
   * the view says whose turn it is.
   */
  due?: (view: GameData, seat: number) => string | null;
  /** What an event means for this player, if they must know at once, in words for the tab's title; null for nothing. */
  called?: (event: AnyEvent, player: string) => string | null;
  /** Where a win goes, as a CSS selector, if it does not go to the wallet. */
  winsTo?: string;
  /** Whether a round is a hand that the server writes as a file. */
  hasHandFiles?: boolean;
  /** How long, in ms, an ended round stays visible while the next one already takes bets. */
  lingers?: number;
}

/** How a room shows a game (`face.js`, beside its tile). */
export interface Face extends Tile {
  Face: ComponentType<{ store: RoomStore }>;
  BetPanel?: ComponentType<{ store: RoomStore }>;
  /** What stands beside the table in place of the list of bets. */
  People?: ComponentType<{ store: RoomStore }>;
}

export type Tiles = Record<string, Tile>;

/** The arguments of an HTTP call, left out if the call takes none or only optional ones. */
export type HttpArgs<C extends keyof HttpCalls> =
  Record<string, never> extends HttpCalls[C]["args"] ? [args?: HttpCalls[C]["args"]] : [args: HttpCalls[C]["args"]];

/** The calls that return a page of a long list. */
export type ListCall = "GET /me/transactions" | "GET /me/bets" | "GET /me/sessions";
