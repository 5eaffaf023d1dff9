/** The texts of the room, of betting and of the proof page. */

import { chipsExact, inChips, percent, signed, time } from "./format.js";
import { count } from "./text.js";

export const roomText = {
  // ---- the page ----
  page: {
    back: "Back to the rooms",
    sitting: "Taking a seat…",
    sit: "Take a seat",
    stand: "Leave seat",
    standHint: "A live bet stays in until its round ends.",
    session: (/** @type {string} */ player) => `You are watching ${player} play.`,
    full: "Every seat is taken. You’re watching.",
    share: "Invite to watch",
    shared: "Link copied.",
    shareFailed: "Copy this link:",
    spectators: (/** @type {number} */ n) => `${n.toLocaleString("en")} watching`,
    players: (/** @type {number} */ n) => count(n, "player"),
    plays: (/** @type {string} */ player, /** @type {string} */ game, /** @type {number} */ cents) =>
      `${player} is playing ${game}${cents > 0 ? `, ${inChips(cents)}` : ""}`,
    missed: (/** @type {number} */ rounds, /** @type {number} */ change) =>
      `While you were away, ${count(rounds, "round")} ended. ` +
      (change ? `Your balance changed by ${signed(change)}.` : "Your balance is unchanged."),
    gotIt: "Got it",
    intro: (/** @type {string} */ summary) => `${summary} You are watching. Watching is free.`,
    inviteLead: "Watching is free and needs no account. To play, sign up: you start with chips.",
    invites: (/** @type {string} */ owner, /** @type {string} */ game) => `${owner} invites you to play ${game}.`,
    signUp: "Sign up",
    signIn: "Sign in",
    rules: "Rules",
    table: "The game",
    again: "Open a new room",
  },

  paused: (/** @type {string} */ reason) =>
    pausedReasons[reason] ?? `The room is paused (${reason}). It resumes automatically.`,
  closed: "This room is closed.",
  closedRoom: {
    title: "Final results",
    rounds: (/** @type {number} */ n) => `Of the ${count(n, "round")} that you saw here`,
  },
  alerts: {
    turn: "Your turn",
    closing: (/** @type {number} */ seconds) => `Bets close in ${seconds} s`,
  },
  offline: "No connection. Your live bets stay in play and end by the rules. You can act again when you reconnect.",
  connecting: "Connecting…",
  signedOut: "You are signed out. Sign in again to keep playing. Your live bets stay in.",
  voided: (/** @type {string} */ number) => `Round ${number} was void. All stakes were returned.`,

  strip: {
    label: "Past rounds, newest first",
    empty: "Past rounds will appear here.",
    open: (/** @type {string} */ round, /** @type {string} */ result) => `Round ${round}: ${result}. Open its proof`,
  },

  fairness: {
    badge: "Provably fair",
    title: "The outcome is already fixed on the server’s side",
    lead:
      "The server chose its secret seed before the first bet. Below is the hash of that seed. After the round, the " +
      "server reveals the seed, and anyone can check that it matches the hash and that the outcome follows from it " +
      "and the players’ seeds.",
    later: (/** @type {number} */ hours) =>
      `In this room the server reveals the seed ${count(hours, "hour")} after the hand, so that folded cards stay ` +
      "hidden until then.",
    round: "Round",
    hash: "Hash of the server seed",
    seed: "Your client seed",
    seedFresh: "Drawn in this browser for this round, after the hash above arrived.",
    seedFixed: "You have fixed it: it is the same in every round.",
    seedElsewhere:
      "The one that counted with your first bet, which this page did not send. The round’s proof shows it.",
    seedChange: "Change this",
    last: (/** @type {string} */ round) => `Check round ${round}`,
    none: "No round is open.",
    close: "Close",
  },

  chat: {
    title: "Chat",
    empty: "No messages yet. Say hello.",
    emptyWatching: "No messages yet.",
    label: "Message",
    placeholder: "Say something",
    send: "Send",
    watching: "Take a seat to chat.",
  },

  people: {
    title: "Bets",
    label: "Bets in this round, largest first",
    empty: "No bets yet. Place the first one.",
    emptyWatching: "No bets in this round yet.",
    here: "Here now",
    you: "you",
    away: "away",
    total: (/** @type {number} */ bets, /** @type {number} */ cents) => `${count(bets, "bet")}, ${inChips(cents)}`,
    more: (/** @type {number} */ n) => `and ${count(n, "more bet")}`,
    lost: "lost",
    recent: "Last results",
    recentEmpty: "Your results will appear here.",
    recentWatching: "Results will appear here.",
    round: "Round",
    outcome: "Outcome",
    stake: "Stake",
    net: "Net",
  },

  keys: {
    title: "Keyboard shortcuts",
    open: "Shortcuts",
    enter: "Place the bet",
    space: "Cash out",
    help: "Show or hide this list",
    half: "Halve the stake",
    double: "Double the stake",
    close: "Close",
    names: /** @type {Record<string, string>} */ ({
      Enter: "Enter",
      " ": "Space",
      ArrowLeft: "←",
      ArrowRight: "→",
      ArrowUp: "↑",
      ArrowDown: "↓",
    }),
  },

  // ---- betting ----
  bet: {
    title: "Your bet",
    stake: "Stake",
    unit: "chips",
    half: "Halve the stake",
    double: "Double the stake",
    min: "Smallest stake",
    max: "Largest possible stake",
    place: "Place bet",
    placing: "Placing…",
    another: (/** @type {number} */ n, /** @type {number} */ most) => `Add bet ${n} of ${most}`,
    placed: (/** @type {number} */ cents) => `${inChips(cents)} in. Waiting for the round to start`,
    full: "All your bets are in",
    cashing: "Cashing out…",
    next: "Bet on the next round",
    queued: (/** @type {number} */ cents) => `Betting ${inChips(cents)} when bets open`,
    unqueue: "Cancel bet",
    notAnAmount: "Enter an amount in chips, such as 25 or 12.50.",
    tooSmall: (/** @type {number} */ cents) => `The smallest stake is ${inChips(cents)}.`,
    tooLarge: (/** @type {number} */ cents) => `The largest stake is ${inChips(cents)}.`,
    ownLimit: (/** @type {number} */ limit, /** @type {number} */ staked) =>
      `You have set yourself a limit of ${inChips(limit)} per round.` +
      (staked ? ` ${inChips(staked)} are in this round already.` : ""),
    returned: (/** @type {number} */ cents, /** @type {string} */ message) =>
      `Your ${inChips(cents)} could not stay in the game and are in your wallet again. ${message}`,
    bringBack: (/** @type {number} */ cents, /** @type {string} */ until, /** @type {any} */ left) =>
      `You left with ${inChips(cents)}: bring at least that back until ${time(until)}.` +
      (left === null ? "" : ` You have ${inChips(left)} available.`),
    tooPoor: (/** @type {number} */ cents) => `You have ${inChips(cents)} available.`,
    rounded: (/** @type {number} */ lowest, /** @type {number} */ highest) => {
      const returns = [...new Set([percent(lowest), percent(highest)])].join(" to ");
      return `At this stake, ${returns} is paid back in the long run: payouts are rounded down to whole cents.`;
    },
    round: (/** @type {string} */ number) => `Round ${number}`,
    won: (/** @type {number} */ payout, /** @type {number} */ net) => `Paid ${chipsExact(payout)} (${signed(net)})`,
    lost: (/** @type {number} */ net) => `Lost (${signed(net)})`,
    even: "Stake returned (0.00)",
    bigWin: "Big win",
    bigWon: (/** @type {number} */ payout, /** @type {number} */ net) =>
      `Big win! Paid ${chipsExact(payout)} (${signed(net)})`,
    saidIn: (/** @type {number} */ cents) => `Your bet is in: ${inChips(cents)}.`,
    refunded: (/** @type {number} */ cents) => `Void: ${inChips(cents)} returned`,
    mine: "Your bets in this round",
    yours: "Your bet",
    tooLate: "Too late: the round is over.",
  },

  /** The announcement of the player’s own result. @param {number} payout @param {number} net @param {boolean} big */
  announced: (payout, net, big) =>
    (big ? "Big win! " : "") +
    (payout > 0 ? `You were paid ${inChips(payout)}, net ${signed(net)}.` : `You lost ${inChips(-net)}.`),

  // ---- the end of a bet in a single-player game ----
  ended: {
    word: { win: "Won", loss: "Lost", "": "" },
    won: (/** @type {number} */ payout, /** @type {number} */ net) =>
      `Cashed out: ${chipsExact(payout)} (${signed(net)})`,
    back: "Stake returned",
    over: "Round over",
  },

  // ---- a game without a face of its own ----
  plain: {
    last: "Last round",
    /** @type {Record<string, string>} */
    phases: {
      betting: "Bets are open",
      settling: "Round over",
      ended: "Round over",
      void: "Round void",
    },
    /** @type {Record<string, string>} */
    clocks: { closes_at: "Bets close in", until: "Time left" },
    clock: (/** @type {string} */ name) => `${name} in`,
    yourTurn: "Your turn",
    turnOf: (/** @type {string} */ player) => `${player}’s turn`,
    seat: (/** @type {number} */ seat) => `Seat ${seat + 1}`,
    stakes: (/** @type {number} */ least, /** @type {number} */ most) =>
      `Stakes from ${inChips(least)} to ${inChips(most)}.`,
    fixed: (/** @type {number} */ cents) => `The stake is ${inChips(cents)}.`,
    between: (/** @type {string} */ least, /** @type {string} */ most) => `${least} to ${most}`,
    atLeast: (/** @type {string} */ least) => `${least} or more`,
    list: "Numbers, separated by commas",
    placed: (/** @type {number} */ cents) => `${inChips(cents)} in`,
    full: "Your bet is in",
    wait: "Wait for the next round",
    chips: "chips",
  },

  // ---- how others get in ----
  ways: {
    open: "QR code",
    title: "Join this room",
    qr: (/** @type {string} */ address) => `QR code of ${address}`,
    byCode: (/** @type {string} */ address) => `Or go to ${address} and type`,
    screen: "Show on a big screen",
    close: "Close",
  },

  // ---- proofs ----
  proof: {
    title: (/** @type {string} */ round) => `Round ${round}`,
    loading: "Loading and recomputing the round…",
    missing: "There is no round with this name.",
    failed: "The round could not be loaded.",
    open: "This round is not over. Its seed is revealed when it is settled. The hash below is already fixed.",
    void: "This round was void. All stakes were returned, and its seed was not revealed.",
    holds: "Verified in your browser: everything matches.",
    fails: "Checked in your browser: something does not match.",
    later: (/** @type {string} */ when) =>
      `Checked in your browser: nothing is wrong so far. The server seed is published on ${when}, so that folded cards ` +
      "stay hidden until then. The rest can be checked after that.",
    partly: "Checked in your browser: what could be checked matches, but not everything could be checked.",
    insecure:
      "This browser computes hashes only on https or localhost. Download the round and check it with “run.py verify”.",
    checks: "What was checked",
    ok: "passed",
    bad: "failed",
    unknown: "not checked",
    pending: "not yet",
    seeds: "The seeds",
    serverSeed: "Server seed",
    serverSeedSecret: "secret until the round is settled",
    serverSeedLater: (/** @type {string} */ when) => `not yet published; it will be on ${when}`,
    hash: "Hash of the server seed, published before the first bet",
    clientSeed: "Client seeds, in the order of first bets",
    noClientSeed: "none: there were no bets",
    nonce: "Nonce, the round’s number in its room",
    outcome: "Outcome",
    bets: "Bets",
    noBets: "There were no bets in this round.",
    bet: "Bet",
    player: "Player",
    gone: (/** @type {number | null} */ seat) => (seat === null ? "account deleted" : `seat ${seat}, account deleted`),
    not: "not",
    stake: "Stake",
    selection: "Selection",
    result: "Result",
    payout: "Payout",
    journal: "Journal: what happened, in order",
    journalEmpty: "Nothing happened.",
    when: "After opening",
    share: "Copy link",
    copied: "Link copied.",
    previous: "Previous round",
    next: "Next round",
    room: "Go to the room",
    how: "How it works",
    howText:
      "The commitment is the SHA-256 hash of the server seed’s text. Draws come from HMAC-SHA256 with the server " +
      "seed as the key over “client seed:nonce:block”. Every four bytes make one number from 0 to 1. The outcome and the " +
      "payouts follow from these numbers and from the journal above.",
    limits:
      "What this does not prove: in a round with several bettors, a dishonest house could bet last under another " +
      "name and try several client seeds. This is true of every site that uses this scheme. And a house that knows a " +
      "client seed beforehand, because it is fixed or belongs to a stack that stayed on the table, could choose its own " +
      "seed by it.",
    results: /** @type {Record<string, string>} */ ({
      win: "won",
      loss: "lost",
      cashout: "cashed out",
      push: "stake returned",
      void: "void",
      refund: "stake returned",
    }),
    journalBet: (/** @type {string} */ who, /** @type {number} */ n, /** @type {number} */ cents) =>
      `${who} placed bet ${n}: ${inChips(cents)}`,
    journalAct: (/** @type {string} */ who, /** @type {string} */ action) => `${who}: ${action}`,
    journalLeave: (/** @type {string} */ who) => `${who} left`,
    seat: (/** @type {number} */ seat) => `Seat ${seat + 1}`,
    hand: "The hand",
    handHint: "Cards that were not shown stay hidden here, also after the seed is published. Your own are yours.",
    journalShortenTurns: (/** @type {number} */ s) => `The room closes: no turn lasts longer than ${s} s`,
    journalWake: "Time advanced the round",
    journalWakes: (/** @type {number} */ n) => `Time advanced the round ${n.toLocaleString("en")} times`,
  },

  /** What each check checks. @type {Record<string, string>} */
  checks: {
    commitment: "The server seed matches the hash published before the bets",
    client_seed: "The client seed joins the bettors’ seeds in the order of their first bets",
    nonce: "The nonce is the round’s number in its room",
    outcome: "The outcome follows from the seeds",
    record: "The recorded bets match the journal",
    results: "Each bet’s result and payout follow from the outcome and the journal",
    ledger: "The ledger moved each stake and each payout exactly once",
    digest: "The document has not been changed",
  },

  differs: (/** @type {string} */ found, /** @type {string} */ told) => `Computed: ${found}. Recorded: ${told}.`,
  seedsOf: (/** @type {number} */ n) =>
    n === 0 ? "Empty, because there were no bets." : `From ${count(n, "bettor")}.`,
  notInJournal: (/** @type {string} */ bet) => `${bet} is not in the journal with this selection.`,
  betsOnRecord: (/** @type {number} */ n, /** @type {number} */ gone) =>
    `${count(n, "bet")}${gone > 0 ? `; ${gone} more belonged to accounts that were deleted` : ""}.`,
  wrongResult: (
    /** @type {{bet: string, result: string, payout: number}} */ told,
    /** @type {{result: string, payout: number} | null} */ found,
  ) =>
    `${told.bet} recorded: ${told.result}, ${chipsExact(told.payout)}. ` +
    `Computed: ${found ? `${found.result}, ${chipsExact(found.payout)}` : "no such bet"}.`,
  resultsHold: (/** @type {number} */ n) => `${count(n, "bet")} recomputed.`,
  noLedger: "The server sent no ledger rows.",
  wrongLedger: (/** @type {string} */ bet) => `The ledger rows of ${bet} do not match its stake and payout.`,
  ledgerHolds: (/** @type {number} */ staked, /** @type {number} */ paid) =>
    `Staked ${chipsExact(staked)}, paid ${chipsExact(paid)}.`,
  brokenJournal: (/** @type {string} */ why) => `The journal is inconsistent: ${why}`,
  unknownGame: (/** @type {string} */ game) => `This browser does not know the rules of ${game}. Use “run.py verify”.`,
  seedNotShown: "The server has not revealed its seed.",
  notYet: "Not yet: this needs the server seed.",
  leftOut: (/** @type {string} */ members) => `The digest leaves out ${members}.`,
};

/** Why a room pauses. @type {Record<string, string>} */
const pausedReasons = {
  game: "The room is paused: its game has a fault. Your stakes are safe. It tries again automatically.",
  database: "The room is paused: the database is unavailable. Your stakes are safe. It resumes automatically.",
  redis: "The room is paused: the servers can’t reach each other. Your stakes are safe. It resumes automatically.",
  closing:
    "The owner is closing this room. The current round is played to its end with shorter turns, and no more bets are taken.",
};
