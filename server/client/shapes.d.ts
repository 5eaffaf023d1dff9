// Shapes that only the client knows: what it keeps of a room, and what a game's face has to offer.

import type { ComponentType } from "preact";
import type { RoomStore } from "./rooms.js";
import type {
  ChatLine,
  PastRound,
  PrivateRoom,
  ResultLine,
  RoomSummary,
  RoundName,
  Sitter,
  StakeLimits,
  Wager,
  You,
} from "./types.js";

export type Connection = "connecting" | "online" | "offline" | "signed_out";

export interface WalletState {
  balance: number;
  held: number;
  version: number;
}

/** A round that has ended, as `round_ended` told it; kept until the next one ends. */
export interface EndedRound {
  round: string;
  outcome: Record<string, any>;
  server_seed: string;
  client_seed: string;
  nonce: number;
  results: ResultLine[];
}

/** A bet of the round; `result` and `payout` are there once the round has ended. */
export interface LiveBet extends Wager {
  result?: string;
  payout?: number;
}

/** All that is known of a room. A new object with every change; `view` is the game's own. */
export interface RoomState {
  room: string;
  epoch: string;
  seq: number;
  game: string;
  round: RoundName | null;
  view: Record<string, any>;
  bets: LiveBet[];
  players: Sitter[];
  spectators: number;
  chat: ChatLine[];
  history: PastRound[];
  you: You | null;
  /** What the owner of a private room has settled; null: the room is none. */
  private: PrivateRoom | null;
  paused: string | null;
  closed: boolean;
  limits: StakeLimits;
  options: any;
  /** The last round that ended while we watched. */
  last: EndedRound | null;
  /** The last round, or the one before it, when it was void, with the bets that were in it; `reason` null: not told. */
  voided: { round: string; reason: string | null; bets: LiveBet[] } | null;
}

/** Any event of a room: one of the common ones or a game's own. */
export interface AnyEvent {
  type: string;
  [field: string]: any;
}

/** What went by while the connection was away. */
export interface Missed {
  rounds: number;
  /** Cents that the wallet moved. */
  change: number;
}

/** What became of a bet so far, in a list. */
export interface BetStatus {
  text: string;
  payout: number;
  tone: string;
}

/** What every page needs of a game (`card.js`). `reduce` sees every event after the common part was done. */
export interface Card {
  title: string;
  /** Past results and cards: an outcome in a few characters, `{text, tone}` for a chip. */
  resultText: (outcome: Record<string, any>) => { text: string; tone: "good" | "bad" | "plain" };
  /** Gets the view after the common part; `state.view` is still the one before the event. */
  reduce?: (view: Record<string, any>, event: AnyEvent, state: RoomState) => Record<string, any>;
  /** The live line of a lobby card; the lobby shows phase and countdown where a game has none. */
  Summary?: ComponentType<{ summary: RoomSummary; state: RoomState | null }>;
  betStatus?: (bet: LiveBet, view: Record<string, any>) => BetStatus | null;
  /** What the player could do in such a room, in a word or two for the button of its card; null: nothing out of the way. */
  call?: (view: Record<string, any>, player: string) => string | null;
  /** For how long, in ms, an ended round stays in sight while the next one takes bets already. */
  lingers?: number;
}

/** What a room shows of a game (`face.js`, beside its card). */
export interface Face extends Card {
  Face: ComponentType<{ store: RoomStore }>;
  BetPanel?: ComponentType<{ store: RoomStore }>;
}

export type Cards = Record<string, Card>;
