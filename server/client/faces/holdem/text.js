/** The texts of the hold’em table. */

import { chips, signed, time } from "../../format.js";
import { tileText } from "./tile_text.js";

/** @param {string[]} names */
const and = (names) => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);

/** @typedef {{player?: string, move: string, amount: number, to: number, all_in: boolean, cards?: string[]}} LogMove */

/** @type {Record<string, string>} */
const suits = { D: "♦", H: "♥", S: "♠", C: "♣" };
/** `DT` → `10♦`. @param {string} card */
const cardOf = (card) => `${card[1] === "T" ? "10" : card[1]}${suits[card[0]]}`;

/** @type {Record<string, string>} */
const moves = {
  small_blind: "Small blind",
  big_blind: "Big blind",
  post: "Posts",
  post_dead: "Posts",
  fold: "Fold",
  check: "Check",
  call: "Call",
  bet: "Bet",
  raise: "Raise to",
};

export const text = {
  seats: "The seats, clockwise",
  board: "The board",
  blinds: (/** @type {number} */ small, /** @type {number} */ big) => `Blinds ${chips(small)} / ${chips(big)}`,

  // ---- where the hand stands ----
  streets: tileText.streets,
  waiting: "The next hand needs two players with chips",
  starting: "Next hand in",
  between: "Between hands",
  pot: (/** @type {number} */ cents) => `Pot ${chips(cents)}`,
  mainPot: (/** @type {number} */ cents) => `Main ${chips(cents)}`,
  sidePot: (/** @type {number} */ n, /** @type {number} */ cents) => `Side ${n}: ${chips(cents)}`,
  wins: (/** @type {string[]} */ names, /** @type {number} */ cents, /** @type {string} */ hand) =>
    `${and(names)} ${names.length > 1 ? "share" : "wins"} ${chips(cents)}${hand ? ` with ${hand.toLowerCase()}` : ""}`,

  // ---- seats ----
  dealer: "Dealer button",
  dealerShort: "D",
  /** @type {Record<string, string>} */
  states: { folded: "folded", all_in: "all-in", sitting_out: "sits out", in: "", waiting: "" },
  noChips: "no chips",
  /** What a seat did last, in few characters. */
  last: (
    /** @type {{move: string, amount: number, to: number, all_in: boolean}} */ { move, amount, to, all_in: allIn },
  ) => {
    if (allIn && move !== "fold") return `All-in ${chips(to)}`;
    const amounts = { call: amount, post_dead: amount };
    const cents = amounts[/** @type {"call"} */ (move)] ?? to;
    return move === "fold" || move === "check" ? moves[move] : `${moves[move]} ${chips(cents)}`;
  },
  won: (/** @type {number} */ cents) => `+${chips(cents)}`,
  staked: (/** @type {string} */ player, /** @type {number} */ cents) => `${player} has staked ${chips(cents)}`,
  bank: "time bank",
  net: signed,

  // ---- the tab's title ----
  due: "Your turn",
  dueToCall: (/** @type {number} */ cents) => `Your turn: ${chips(cents)} to call`,

  // ---- announcements ----
  saidMove: (/** @type {LogMove} */ move) => `${text.logMove(move)}.`,
  saidAhead: (/** @type {string} */ words) => `${words} is set for your turn. Press it again to cancel.`,
  saidAheadDropped: "Your move in advance is cancelled.",
  saidShow: "You need not show your cards. Show them, or muck.",
  saidTurn: (/** @type {number} */ call) =>
    call > 0 ? `Your turn: ${chips(call)} to call.` : "Your turn: you can check.",
  saidHole: (/** @type {string[]} */ cards) => `Your cards: ${and(cards)}.`,
  saidBoard: (/** @type {string} */ street, /** @type {string[]} */ cards) => `${street}: ${and(cards)}.`,
  said: (/** @type {string} */ words) => `${words}.`,
  saidNet: (/** @type {number} */ net) => `You ${net > 0 ? "won" : "lost"} ${chips(Math.abs(net))} in this hand.`,

  // ---- the panel: chips ----
  buyIn: "Buy in",
  buyInFor: "Chips to bring to the table",
  buyInHint: (/** @type {number} */ least, /** @type {number} */ most) =>
    `From ${chips(least)} to ${chips(most)}. Leave your seat to take them with you.`,
  bringsBack: (/** @type {number} */ cents, /** @type {number} */ left, /** @type {number} */ until) =>
    `You left with ${chips(cents)} chips at ${time(left)}. Bring at least that until ${time(until)}.`,
  topUpHint: (/** @type {number} */ most) => `At most ${chips(most)} more, from the next hand on.`,
  tooSmall: (/** @type {number} */ cents) => `At least ${chips(cents)}.`,
  tooLarge: (/** @type {number} */ cents) => `At most ${chips(cents)}.`,
  notAnAmount: "Enter an amount in chips, such as 25 or 12.50.",
  tooPoor: (/** @type {number} */ cents) => `You have ${chips(cents)} available.`,
  buying: "Buying…",
  queue: "Buy in for the next hand",
  queued: (/** @type {number} */ cents) => `Buying ${chips(cents)} after this hand`,
  unqueue: "Cancel",
  topUp: "Add chips",
  stack: "Your stack",
  sitOut: "Sit out",
  sitIn: "I’m back",
  post: (/** @type {number} */ cents) => `Post ${chips(cents)} and play`,
  owes: "You are dealt in when the big blind reaches you, or as soon as you post it.",
  posts: "You post as soon as your seat is left of the big blind and not yet the button.",
  leaveHint: "To take your chips with you, leave your seat.",
  out: "You are sitting out.",
  yours: "Your move",
  waitingFor: (/** @type {string} */ player) => `Waiting for ${player}`,
  nextHand: "You are in for the next hand.",
  folded: "You are out of this hand.",
  allIn: "You are all-in.",
  dealing: "The last cards are dealt.",
  hand: (/** @type {string} */ number) => `Hand ${number}`,
  even: "0.00",

  // ---- the panel: moves ----
  fold: "Fold",
  check: "Check",
  call: (/** @type {number} */ cents) => `Call ${chips(cents)}`,
  raiseTo: (/** @type {number} */ cents) => `Raise to ${chips(cents)}`,
  betTo: (/** @type {number} */ cents) => `Bet ${chips(cents)}`,
  allInTo: (/** @type {number} */ cents) => `All-in ${chips(cents)}`,
  openRaise: "Raise…",
  openBet: "Bet…",
  back: "Back",
  raiseLabel: "Raise to",
  betLabel: "Bet",
  slider: "Raise amount",
  presets: { min: "Min", half: "½ pot", pot: "Pot", all: "All-in" },
  spokenPresets: { min: "the smallest raise", half: "half the pot", pot: "the pot", all: "all your chips" },

  // ---- the panel: moves in advance, and showing cards ----
  aheadLabel: "On your turn",
  ahead: {
    check_fold: (/** @type {number} */ cost) => (cost > 0 ? "Fold" : "Check/fold"),
    check: () => "Check",
    call: (/** @type {number} */ cost) => `Call ${chips(cost)}`,
    call_any: () => "Call any",
  },
  othersShow: "Others choose what to show",
  showLabel: "You need not show your cards",
  showBoth: "Show both",
  showOne: (/** @type {string} */ card) => `Show ${cardOf(card)}`,
  muck: "Muck",

  // ---- beside the table ----
  players: "Players",
  nobody: "Nobody has bought in yet.",
  stacksLabel: "Stacks, largest first",
  stacks: (/** @type {number} */ n, /** @type {number} */ cents) =>
    `${n === 1 ? "1 stack" : `${n} stacks`}, ${chips(cents)} chips`,
  log: "Hand log",
  logEmpty: "The moves of a hand appear here.",
  logStreet: (/** @type {string} */ street, /** @type {string[]} */ cards) =>
    `${tileText.streets[street]}: ${cards.map(cardOf).join(" ")}`,
  /** @param {LogMove} move */
  logMove: ({ player = "", move, amount, to, all_in: allIn, cards = [] }) => {
    const words = {
      small_blind: `posts the small blind of ${chips(amount)}`,
      big_blind: `posts the big blind of ${chips(amount)}`,
      post: `posts ${chips(amount)}`,
      post_dead: `posts a missed small blind of ${chips(amount)}`,
      fold: "folds",
      check: "checks",
      call: `calls ${chips(amount)}`,
      bet: `bets ${chips(to)}`,
      raise: `raises to ${chips(to)}`,
      uncalled: `takes back ${chips(amount)} that nobody called`,
      show: `shows ${cards.map(cardOf).join(" ")}`,
      muck: "mucks",
    }[move];
    return `${player} ${words ?? move}${allIn ? " and is all-in" : ""}`;
  },
  logWin: (/** @type {string[]} */ names, /** @type {number} */ cents) => text.wins(names, cents, ""),

  // ---- keys ----
  keys: {
    show: "Show both cards",
    muck: "Muck",
    fold: "Fold",
    check: "Check or call",
    raise: "Choose a raise (Enter to confirm)",
    min: "Raise: the smallest",
    half: "Raise: half the pot",
    pot: "Raise: the pot",
    all: "Raise: all-in",
  },
};
