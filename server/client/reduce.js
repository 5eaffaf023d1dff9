/** The room's reducer. Pure: each event makes a new state and leaves the old one unchanged. */

/** @typedef {import("./shapes.d.ts").RoomState} RoomState */
/** @typedef {import("./shapes.d.ts").AnyEvent} AnyEvent */
/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {(view: Record<string, any>, event: AnyEvent, state: RoomState) => Record<string, any>} ReduceView */
/** @typedef {(state: RoomState, event: any) => Partial<RoomState>} Handler */

const KEEP_CHAT = 50;
const KEEP_HISTORY = 30;

/**
 * @param {string} room @param {string} epoch @param {number} seq @param {Snapshot} snapshot
 * @param {RoomState | null} [before] provides what a snapshot lacks: the end of the last round, and earlier chat,
 *   which a room loses when its owner changes
 * @returns {RoomState}
 */
export function fromSnapshot(room, epoch, seq, snapshot, before = null) {
  const known = { last: before?.last ?? null, voided: before ? voidedSince(before, snapshot) : null };
  const chat = before ? joined(before.chat, snapshot.chat) : snapshot.chat;
  const bets = before && isCutOff(before, snapshot) ? before.bets : snapshot.bets;
  return {
    ...known,
    ...snapshot,
    chat,
    bets,
    you: snapshot.you ?? null,
    private: snapshot.private ?? null,
    room,
    epoch,
    seq,
    closed: false,
  };
}

/** @param {import("./types.js").ChatLine[]} before @param {import("./types.js").ChatLine[]} now */
function joined(before, now) {
  const since = now[0]?.at ?? Infinity;
  return [...before.filter((line) => line.at < since), ...now].slice(-KEEP_CHAT);
}

/**
 * The void round, if the snapshot shows that the round we saw was void: it is over, but not in the history. If the
 * history no longer reaches back that far, nothing is reported.
 * @param {RoomState} before @param {Snapshot} snapshot @returns {RoomState["voided"]}
 */
function voidedSince({ round, bets, view, last, voided }, { round: now, history }) {
  if (!round || !now || now.number <= round.number) return voided;
  const begun = bets.length > 0 || view.phase === "running";
  const seen = history.length < KEEP_HISTORY || history.some((past) => numberOf(past.round) < round.number);
  return begun && seen && !isSettled(round.round, last, history) ? { round: round.round, reason: null, bets } : null;
}

/**
 * True if the room has no round and the end of the round we saw is still unknown.
 * @param {RoomState} before @param {Snapshot} snapshot
 */
const isCutOff = ({ round, last }, { round: now, history }) =>
  round !== null && !now && !isSettled(round.round, last, history);

/** @param {string} round @param {RoomState["last"]} last @param {Snapshot["history"]} history */
const isSettled = (round, last, history) => last?.round === round || history.some((past) => past.round === round);

/** @param {string} round */
const numberOf = (round) => Number(round.slice(round.lastIndexOf(".") + 1));

/** @param {RoomState} state @param {string} player @param {boolean} away */
const setAway = (state, player, away) => ({
  players: state.players.map((sitter) => (sitter.player === player ? { ...sitter, away } : sitter)),
});

/** For each common event, what it changes besides the view. @type {Record<string, Handler>} */
const handlers = {
  round_opened: ({ voided }, { round, number = numberOf(round), server_seed_hash }) => ({
    round: { round, number, server_seed_hash },
    bets: [],
    // This event arrives together with the opening of the next round, so keep the notice during that one.
    voided: voided && numberOf(voided.round) === number - 1 ? voided : null,
  }),
  bet_placed: (state, { player, bet, amount, selection }) => ({
    // What we had to bring back is on the table again.
    returned: state.you?.player === player ? null : state.returned,
    you: state.you && state.you.player === player ? { ...state.you, brings_back: undefined } : state.you,
    bets: state.bets.some((known) => known.bet === bet)
      ? state.bets
      : [...state.bets, { player, bet, amount, selection }],
  }),
  round_ended: (state, event) => {
    const { round, outcome, server_seed, client_seed, nonce, results } = event;
    const byBet = new Map(results.map((/** @type {any} */ line) => [line.bet, line]));
    return {
      last: { round, outcome, server_seed, client_seed, nonce, results },
      bets: state.bets.map((bet) => ({ ...bet, ...byBet.get(bet.bet) })),
      history: [{ round, outcome }, ...state.history.filter((past) => past.round !== round)].slice(0, KEEP_HISTORY),
    };
  },
  round_void: ({ bets }, { round, reason }) => ({
    bets: [],
    voided: { round, reason, bets: bets.filter(({ bet }) => bet.startsWith(`${round}.`)) },
  }),
  stack_taken: ({ you }, { brings_back }) => ({ you: you && { ...you, brings_back } }),
  stake_returned: (_, { type: _type, ...returned }) => ({ returned }),
  player_joined: (state, { player, session, seat }) => ({
    players: [
      ...state.players.filter((sitter) => sitter.player !== player && sitter.session !== session),
      { player, session, away: false, seat },
    ],
    you: state.you && state.you.session === session ? { ...state.you, player } : state.you,
  }),
  player_left: (state, { player }) => ({
    players: state.players.filter((sitter) => sitter.player !== player),
    you: state.you?.player === player ? null : state.you,
  }),
  player_away: (state, { player }) => setAway(state, player, true),
  player_back: (state, { player }) => setAway(state, player, false),
  // After leaving the seat of a delayed room, we get recent lines a second time.
  chat: ({ chat }, { player, text, at }) => ({
    chat: chat.some((line) => line.at === at && line.player === player && line.text === text)
      ? chat
      : [...chat, { player, text, at }].slice(-KEEP_CHAT),
  }),
  chat_removed: ({ chat }, { player }) => ({ chat: chat.filter((line) => line.player !== player) }),
  spectators: (_, { count }) => ({ spectators: count }),
  room_paused: (_, { reason }) => ({ paused: reason }),
  room_resumed: () => ({ paused: null }),
  room_closed: () => ({ closed: true, you: null }),
};

/**
 * Reduces the part of the view that all games share.
 * @param {Record<string, any>} view
 * @param {AnyEvent} event
 * @returns {Record<string, any>}
 */
export function reduceView(view, event) {
  switch (event.type) {
    case "round_opened":
      return event.closes_at == null ? { phase: "betting" } : { phase: "betting", closes_at: event.closes_at };
    case "round_started":
      return { phase: "running", started_at: event.started_at };
    case "round_ended":
      return { ...view, ...event.outcome, phase: "ended" };
    case "round_void":
      return { phase: "void" };
    default:
      return view;
  }
}

/**
 * @param {RoomState} state
 * @param {AnyEvent} event
 * @param {ReduceView} [reduceGame] the game's reducer, which runs after the common part
 * @returns {RoomState}
 */
export function applyEvent(state, event, reduceGame) {
  const next = { ...state, ...handlers[event.type]?.(state, event) };
  const view = reduceView(state.view, event);
  next.view = reduceGame ? reduceGame(view, event, next) : view;
  return next;
}

/**
 * @param {RoomState} state
 * @param {number} seq
 * @param {AnyEvent[]} events
 * @param {ReduceView} [reduceGame]
 * @returns {RoomState}
 */
export function applyFrame(state, seq, events, reduceGame) {
  let next = state;
  for (const event of events) next = applyEvent(next, event, reduceGame);
  return { ...next, seq };
}
