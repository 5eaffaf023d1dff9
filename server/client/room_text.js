/** Every text of the room, its games and the proofs. */

import { chipsExact, inChips, signed } from "./format.js";
import { count } from "./text.js";

export const roomText = {
  // ---- the page ----
  page: {
    loading: "Opening the room…",
    back: "Back to the rooms",
    sitting: "Taking a seat…",
    sit: "Sit down to play",
    stand: "Stand up",
    standHint: "A live bet stays until its round ends.",
    session: (/** @type {string} */ player) => `You watch ${player} play.`,
    full: "Every seat is taken. You watch.",
    share: "Invite to watch",
    shared: "The address to watch is copied.",
    shareFailed: "Copy this address:",
    spectators: (/** @type {number} */ n) => `${n.toLocaleString("en")} watching`,
    players: (/** @type {number} */ n) => count(n, "player"),
    missed: (/** @type {number} */ rounds, /** @type {number} */ change) =>
      `While you were away: ${count(rounds, "round")} ended, ${change ? `your balance moved by ${signed(change)}` : "your balance is as before"}.`,
    gotIt: "Got it",
    intro: (/** @type {string} */ summary) => `${summary} You are watching; nothing here costs you anything.`,
    inviteLead: "Watching is free and needs no account. To play along, take one: it starts with chips.",
    signUp: "Sign up",
    signIn: "Sign in",
    rules: "Rules",
    again: "Open a new one",
  },

  paused: (/** @type {string} */ reason) =>
    pausedReasons[reason] ?? `The room is paused (${reason}). It goes on by itself.`,
  closed: "This room is closed.",
  offline: "No connection. The game goes on when it is back; what you staked is safe.",
  connecting: "Connecting…",
  signedOut: "You are signed out. Sign in again to play on; what you staked stays staked.",
  voided: (/** @type {string} */ number) => `Round ${number} was void: every stake is back in its wallet.`,

  strip: {
    label: "Past rounds, newest first",
    empty: "Past rounds will stand here.",
    open: (/** @type {string} */ round, /** @type {string} */ result) => `Round ${round}: ${result}. Open its proof`,
  },

  fairness: {
    badge: "Provably fair",
    title: "The server’s part is fixed already",
    lead: "The server drew its secret seed before the first bet. Below is that seed’s hash: when the round is over the seed is shown, and anybody can check that it fits, and that the outcome follows from it and from the players’ seeds.",
    round: "Round",
    hash: "Hash of the server seed",
    seed: "Your client seed",
    seedChange: "Change it",
    last: (/** @type {string} */ round) => `Check round ${round}`,
    none: "Between rounds.",
    close: "Close",
  },

  chat: {
    title: "Chat",
    empty: "Nobody has said anything yet. Say hello.",
    emptyWatching: "Nobody has said anything yet.",
    label: "Message",
    placeholder: "Say something",
    send: "Send",
    watching: "Sit down to chat.",
    left: (/** @type {number} */ n) => `${n} left`,
  },

  people: {
    title: "Bets",
    label: "Bets of this round, largest first",
    empty: "No bets yet. The first one could be yours.",
    emptyWatching: "No bets in this round yet.",
    here: "Here now",
    you: "you",
    away: "away",
    total: (/** @type {number} */ bets, /** @type {number} */ cents) => `${count(bets, "bet")}, ${inChips(cents)}`,
    more: (/** @type {number} */ n) => `and ${count(n, "more bet")}`,
    lost: "lost",
    recent: "Last results",
    recentEmpty: "Your results will be listed here. Play when you are ready.",
    recentWatching: "Results will be listed here.",
    round: "Round",
    outcome: "Outcome",
    stake: "Stake",
    net: "Net",
  },

  keys: {
    title: "Keys",
    open: "Keys",
    enter: "Place the bet",
    space: "Cash out",
    help: "Show or hide this list",
    half: "Half the stake",
    double: "Twice the stake",
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
    half: "Half the stake",
    double: "Twice the stake",
    min: "Smallest stake",
    max: "Largest stake you can place",
    place: "Place bet",
    placing: "Placing…",
    another: (/** @type {number} */ n, /** @type {number} */ most) => `Add bet ${n} of ${most}`,
    placed: (/** @type {number} */ cents) => `${inChips(cents)} in. Waiting for the start`,
    full: "All your bets are in",
    cashing: "Cashing out…",
    next: "Bet on the next round",
    queued: (/** @type {number} */ cents) => `${inChips(cents)} will be bet when bets open`,
    unqueue: "Don’t",
    notAnAmount: "An amount in chips, such as 25 or 12.50.",
    tooSmall: (/** @type {number} */ cents) => `The smallest stake is ${inChips(cents)}.`,
    tooLarge: (/** @type {number} */ cents) => `The largest stake is ${inChips(cents)}.`,
    tooPoor: (/** @type {number} */ cents) => `You have ${inChips(cents)} available.`,
    round: (/** @type {string} */ number) => `Round ${number}`,
    won: (/** @type {number} */ payout, /** @type {number} */ net) => `Paid ${chipsExact(payout)} (${signed(net)})`,
    lost: (/** @type {number} */ net) => `Lost (${signed(net)})`,
    even: "Stake back (0.00)",
    refunded: (/** @type {number} */ cents) => `Void: your ${inChips(cents)} ${cents === 100 ? "is" : "are"} back`,
    mine: "Your bets in this round",
  },

  /** Own results, as they are announced. @param {number} payout @param {number} net */
  announced: (payout, net) =>
    payout > 0 ? `You are paid ${inChips(payout)}, net ${signed(net)}.` : `You lost ${inChips(-net)}.`,

  // ---- what became of the bet of a round where one plays alone ----
  ended: {
    word: { win: "Won", loss: "Lost", "": "" },
    won: (/** @type {number} */ payout, /** @type {number} */ net) =>
      `Cashed out: ${chipsExact(payout)} (${signed(net)})`,
    back: "The stake is back",
    over: "The round is over",
  },

  // ---- a game without a face of its own ----
  plain: {
    bet: "Place bet",
    last: "Last round:",
    left: (/** @type {number} */ seconds) => `${seconds} s`,
    stakes: (/** @type {number} */ least, /** @type {number} */ most) =>
      least === most ? `The stake is ${inChips(least)}.` : `Stakes from ${inChips(least)} to ${inChips(most)}.`,
    list: "Numbers, separated by commas",
  },

  // ---- proofs ----
  proof: {
    title: (/** @type {string} */ round) => `Round ${round}`,
    loading: "Fetching the round and computing it again…",
    missing: "There is no round of this name.",
    failed: "The round could not be loaded.",
    open: "This round is not over. Its seed is secret until it is settled; the hash below is already fixed.",
    void: "This round was void: every stake went back, and its seed was never used.",
    holds: "Checked in your browser: everything fits.",
    fails: "Checked in your browser: something does not fit.",
    partly: "Checked in your browser: what could be checked fits, but not everything could.",
    insecure:
      "This browser computes hashes only on https or localhost. Load the round and check it with “run.py verify”.",
    checks: "What was checked",
    ok: "fits",
    bad: "does not fit",
    unknown: "not checked",
    seeds: "The seeds",
    serverSeed: "Server seed",
    serverSeedSecret: "secret until the round is settled",
    hash: "Its hash, published before the first bet",
    clientSeed: "Client seeds, in the order of first bets",
    noClientSeed: "none: nobody bet",
    nonce: "Nonce, the round’s number in its room",
    outcome: "Outcome",
    bets: "Bets",
    noBets: "Nobody bet in this round.",
    bet: "Bet",
    player: "Player",
    gone: "account deleted",
    not: "not",
    stake: "Stake",
    selection: "Chosen",
    result: "Result",
    payout: "Payout",
    journal: "What happened, in order",
    journalEmpty: "Nothing but time passed.",
    when: "After opening",
    share: "Copy the address",
    copied: "The address is copied.",
    previous: "Earlier round",
    next: "Later round",
    room: "To the room",
    how: "How this is computed",
    howText:
      "The commitment is the SHA-256 of the server seed’s text. Draws come from HMAC-SHA256 with the server seed as key over “client seed:nonce:block”; every four bytes make one number from 0 to 1. What was drawn, and who was paid what, follows from these and from the journal above.",
    limits:
      "What it does not prove: in a round with several bettors, a house that bets last under another name could try several client seeds. That is so with every site that uses this scheme.",
    results: /** @type {Record<string, string>} */ ({
      win: "won",
      loss: "lost",
      cashout: "cashed out",
      push: "stake back",
      void: "void",
      refund: "stake back",
    }),
    journalBet: (/** @type {number} */ seat, /** @type {number} */ n, /** @type {number} */ cents) =>
      `Seat ${seat} placed bet ${n}: ${inChips(cents)}`,
    journalAct: (/** @type {number} */ seat, /** @type {string} */ action) => `Seat ${seat}: ${action}`,
    journalLeave: (/** @type {number} */ seat) => `Seat ${seat} left`,
    journalWake: "The clock moved the round on",
    journalWakes: (/** @type {number} */ n) => `The clock moved the round on ${n.toLocaleString("en")} times`,
  },

  /** Names of the checks. @type {Record<string, string>} */
  checks: {
    commitment: "The server seed is the one whose hash was published before the bets",
    client_seed: "The client seed is made of the bettors’ own, in the order of their first bets",
    nonce: "The nonce is the round’s number in its room",
    outcome: "The outcome follows from the seeds",
    record: "The bets on record are those of the journal",
    results: "Each bet’s result and payout follow from the outcome and the journal",
    ledger: "The ledger moved each stake and each payout, once",
    digest: "The document is as it was published",
  },

  differs: (/** @type {string} */ found, /** @type {string} */ told) => `Computed: ${found}. On record: ${told}.`,
  seedsOf: (/** @type {number} */ n) => (n === 0 ? "Nobody bet; it is empty." : `Of ${count(n, "bettor")}.`),
  notInJournal: (/** @type {string} */ bet) => `${bet} is not in the journal with this choice.`,
  betsOnRecord: (/** @type {number} */ n, /** @type {number} */ gone) =>
    `${count(n, "bet")}${gone > 0 ? `; ${gone} more belonged to accounts that were deleted` : ""}.`,
  wrongResult: (
    /** @type {{bet: string, result: string, payout: number}} */ told,
    /** @type {{result: string, payout: number} | null} */ found,
  ) =>
    `${told.bet} on record: ${told.result}, ${chipsExact(told.payout)}. Computed: ${found ? `${found.result}, ${chipsExact(found.payout)}` : "no such bet"}.`,
  resultsHold: (/** @type {number} */ n) => `${count(n, "bet")} computed again.`,
  noLedger: "The server sent no ledger rows.",
  wrongLedger: (/** @type {string} */ bet) => `The rows of ${bet} are not its stake and its payout.`,
  ledgerHolds: (/** @type {number} */ staked, /** @type {number} */ paid) =>
    `Staked ${chipsExact(staked)}, paid ${chipsExact(paid)}.`,
  brokenJournal: (/** @type {string} */ why) => `The journal can’t be what happened: ${why}`,
  unknownGame: (/** @type {string} */ game) => `This browser has no rules of ${game}. “run.py verify” has them.`,
  seedNotShown: "The server seed is not shown.",
};

/** Why a room pauses. @type {Record<string, string>} */
const pausedReasons = {
  database: "The room is paused: the books can’t be reached. Your stakes are safe; it goes on by itself.",
  redis: "The room is paused: the servers can’t reach one another. Your stakes are safe; it goes on by itself.",
  closing: "The room’s owner is closing it. A round that is under way ends first; it takes no more bets.",
  stopping: "The server is about to restart. Running rounds end first; your stakes are safe.",
};
