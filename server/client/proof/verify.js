/** Verifies a past round from its published proof. Each check reports what it recomputed and whether it matches. */

import { fixed } from "../format.js";
import { texts, wordFor } from "../texts.js";
import { commitment, floats } from "./chance.js";

/**
 * @typedef {{do: "bet", seat: number, number: number, amount: number, client_seed: string, selection: any,
 *   brings_back?: number}} JournalBet
 * @typedef {{do: "act", seat: number, action: {action: string, bet?: number | null}}} JournalAct
 * @typedef {JournalBet | JournalAct | {do: "leave", seat: number} | {do: "wake"} |
 *   {do: "shorten_turns", turn_ms: number}} Command
 * @typedef {[number, Command][]} Journal
 */

/** @typedef {import("../http.d.ts").Proof} Proof */
/** @typedef {import("../http.d.ts").ProofBet} ProofBet */

/**
 * @typedef {object} Played
 * @property {number[]} draws the first draws of the round's stream
 * @property {JournalBet[]} bets in order of number
 * @property {Journal} journal
 * @property {Record<string, any>} options
 * @property {number} openedAt ms since the epoch
 */

/**
 * @typedef {object} Result of a bet; `amount` where moves of the round have raised the stake
 * @property {string} result
 * @property {number} payout
 * @property {number} [amount]
 */

/**
 * @typedef {object} Rules how to replay a game (`faces/<game>/rules.js`)
 * @property {number} draws the most draws that a round takes
 * @property {(round: Played) => {outcome: Record<string, any>, results: Result[]}} play
 *   replays the round and returns its outcome and a result for each bet. Throws an Error if the journal breaks the
 *   rules
 */

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {boolean | null} ok null if this browser could not check it
 * @property {string} title what was checked
 * @property {string} detail what was found
 */

/** @type {Record<string, () => Promise<Rules>>} */
const RULES = {
  blackjack: () => import("../faces/blackjack/rules.js"),
  coinduel: () => import("../faces/coinduel/rules.js"),
  crash: () => import("../faces/crash/rules.js"),
  dice: () => import("../faces/dice/rules.js"),
  hilo: () => import("../faces/hilo/rules.js"),
  holdem: () => import("../faces/holdem/rules.js"),
  keno: () => import("../faces/keno/rules.js"),
  limbo: () => import("../faces/limbo/rules.js"),
  mines: () => import("../faces/mines/rules.js"),
  plinko: () => import("../faces/plinko/rules.js"),
  roulette: () => import("../faces/roulette/rules.js"),
};

/**
 * @param {string} name
 * @param {boolean | null} ok
 * @param {string} detail
 * @returns {Check}
 */
function check(name, ok, detail) {
  return { name, ok, title: texts.room.checks[name], detail };
}

/** @param {Proof} proof */
function journalBets(proof) {
  /** @type {Journal} */
  const journal = proof.journal ?? [];
  const commands = journal.map(([, command]) => command);
  return /** @type {JournalBet[]} */ (commands.filter((command) => command.do === "bet"));
}

/**
 * The client seed of the round: the bettors' seeds in the order of their first bets, joined by commas.
 * @param {JournalBet[]} bets
 */
export function joinedSeeds(bets) {
  const bySeat = new Map();
  for (const bet of bets) if (!bySeat.has(bet.seat)) bySeat.set(bet.seat, bet.client_seed);
  return [...bySeat.values()].join(",");
}

/** @param {Proof} proof */
async function checkCommitment(proof) {
  const found = await commitment(proof.server_seed ?? "");
  const same = found === proof.server_seed_hash;
  return check("commitment", same, same ? found : texts.room.differs(found, proof.server_seed_hash));
}

/**
 * @param {Proof} proof
 * @param {JournalBet[]} bets
 */
function checkClientSeed(proof, bets) {
  const found = joinedSeeds(bets);
  const same = found === (proof.client_seed ?? "");
  const detail = same ? texts.room.seedsOf(new Set(bets.map((bet) => bet.seat)).size) : "";
  return check("client_seed", same, detail || texts.room.differs(found || "–", proof.client_seed || "–"));
}

/** @param {Proof} proof */
function checkNonce(proof) {
  const same = proof.nonce === proof.number;
  return check(
    "nonce",
    same,
    same ? String(proof.nonce) : texts.room.differs(String(proof.number), String(proof.nonce)),
  );
}

/** @type {Record<string, string>} */
const SUITS = { D: "♦", H: "♥", S: "♠", C: "♣" };

/** Cards as players write them, `9♥ K♠`; anything else as JSON. @param {any} value */
function cardsOf(value) {
  const isCards = Array.isArray(value) && value.length > 0 && value.every((each) => /^[DHSC][2-9TJQKA]$/.test(each));
  return isCards ? value.map(([suit, rank]) => rank + SUITS[suit]).join(" ") : JSON.stringify(value);
}

/** @param {Record<string, any>} facts */
function written(facts) {
  const texts = Object.entries(facts).map(
    ([name, value]) =>
      `${wordFor(name) ?? name} ${typeof value === "number" && !Number.isInteger(value) ? fixed(value, 2) : cardsOf(value)}`,
  );
  return texts.join(", ") || "–";
}

/**
 * @param {Record<string, any>} found recomputed
 * @param {Proof} proof
 */
function checkOutcome(found, proof) {
  const recorded = proof.outcome ?? {};
  const names = Object.keys({ ...found, ...recorded });
  const same = names.every((name) => JSON.stringify(found[name]) === JSON.stringify(recorded[name]));
  return check("outcome", same, same ? written(found) : texts.room.differs(written(found), written(recorded)));
}

/** A flat object as text that does not depend on the order of its fields. @param {any} value */
function canonical(value) {
  return JSON.stringify(Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param {ProofBet} bet */
function numberOf(bet) {
  return Number(bet.bet.slice(bet.bet.lastIndexOf(".") + 1));
}

/**
 * Compares the recorded bets with the journal. Bets of deleted accounts are only in the journal.
 * @param {Proof} proof
 * @param {JournalBet[]} bets
 */
function checkRecord(proof, bets) {
  const byNumber = new Map(bets.map((bet) => [bet.number, bet]));
  const wrong = proof.bets.find((bet) => {
    const made = byNumber.get(numberOf(bet));
    return !made || canonical(made.selection) !== canonical(bet.selection);
  });
  if (wrong) return check("record", false, texts.room.notInJournal(wrong.bet));
  return check("record", true, texts.room.betsOnRecord(proof.bets.length, bets.length - proof.bets.length));
}

/**
 * @param {Proof} proof
 * @param {JournalBet[]} bets
 * @param {Result[]} results one for each of `bets`
 */
function checkResults(proof, bets, results) {
  const byNumber = new Map(bets.map((bet, index) => [bet.number, { amount: bet.amount, ...results[index] }]));
  for (const bet of proof.bets) {
    const found = byNumber.get(numberOf(bet));
    if (found && found.amount === bet.amount && found.result === bet.result && found.payout === bet.payout) continue;
    return check("results", false, texts.room.wrongResult(bet, found ?? null));
  }
  return check("results", true, texts.room.resultsHold(proof.bets.length));
}

/**
 * @param {ProofBet} bet
 * @returns {boolean}
 */
function booked({ amount, payout, transactions }) {
  const rows = transactions.map((row) => `${row.type} ${row.category} ${row.amount}`).sort();
  const credit = [`credit win ${payout}`, `credit refund ${payout}`].find((row) => rows.includes(row)) ?? "credit";
  const wanted = payout > 0 ? [credit, `debit bet ${amount}`] : [`debit bet ${amount}`];
  return rows.join() === wanted.join();
}

/** @param {Proof} proof */
function checkLedger(proof) {
  if (!proof.bets.every((bet) => bet.transactions)) return check("ledger", null, texts.room.noLedger);
  const wrong = proof.bets.find((bet) => !booked(bet));
  if (wrong) return check("ledger", false, texts.room.wrongLedger(wrong.bet));
  const staked = proof.bets.reduce((sum, bet) => sum + bet.amount, 0);
  const paid = proof.bets.reduce((sum, bet) => sum + bet.payout, 0);
  return check("ledger", true, texts.room.ledgerHolds(staked, paid));
}

/**
 * Recomputes a settled round from the seeds and the journal; null for an unknown game. Throws an Error if the journal
 * breaks the rules.
 * @param {Proof} proof
 */
export async function recompute(proof) {
  if (!Object.hasOwn(RULES, proof.game)) return null;
  const rules = await RULES[proof.game]();
  const bets = journalBets(proof);
  const seed = /** @type {string} */ (proof.server_seed);
  const draws = await floats(seed, joinedSeeds(bets), proof.nonce, rules.draws);
  const { journal, options, opened_at_ms: openedAt } = proof;
  return { bets, ...rules.play({ draws, bets, journal: journal ?? [], options: options ?? {}, openedAt }) };
}

/**
 * The checks that need a replay of the round.
 * @param {Proof} proof
 * @param {JournalBet[]} bets
 */
async function checkPlay(proof, bets) {
  try {
    const found = await recompute(proof);
    if (found) return [checkOutcome(found.outcome, proof), checkResults(proof, bets, found.results)];
    return [
      check("outcome", null, texts.room.unknownGame(proof.game)),
      check("results", null, texts.room.unknownGame(proof.game)),
    ];
  } catch (error) {
    return [check("outcome", false, texts.room.brokenJournal(error instanceof Error ? error.message : String(error)))];
  }
}

/**
 * Canonical JSON (RFC 8785): sorted keys, no whitespace. The server hashes the same text.
 * @param {any} value
 * @returns {string}
 */
export function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`).join()}}`;
}

/**
 * What the digest covers: everything but itself and what is published later.
 * @param {Proof} proof @returns {Record<string, any>}
 */
export function digested({ digest, ...told }) {
  /** @type {Record<string, any>} */
  const left = { ...told };
  for (const path of told.published_later?.members ?? []) {
    const [outer, inner] = path.split(".");
    if (inner === undefined) delete left[outer];
    else {
      left[outer] = { ...left[outer] };
      delete left[outer][inner];
    }
  }
  return left;
}

/** @param {Proof} proof */
async function checkDigest(proof) {
  const members = proof.published_later?.members ?? [];
  const uncovered = members.filter((path) => path !== "server_seed" && !path.startsWith("outcome."));
  if (uncovered.length > 0) return check("digest", false, texts.room.leftOut(uncovered.join(", ")));
  const found = await commitment(canonicalJson(digested(proof)));
  const same = found === proof.digest;
  return check("digest", same, same ? found : texts.room.differs(found, proof.digest ?? "–"));
}

/**
 * Whether the round's server seed is still secret, and may be.
 * @param {Proof} proof
 * @param {number} answeredAt ms since the epoch, by the server's clock: when it sent the proof
 */
export function isSecretFor({ server_seed: seed, published_later: later }, answeredAt) {
  return !seed && Boolean(later) && answeredAt < Date.parse(later?.at ?? "");
}

/**
 * All checks of a settled round, in display order; empty for other rounds.
 * @param {Proof} proof
 * @param {number} answeredAt when the server sent the proof, by its own clock
 * @returns {Promise<Check[]>}
 */
export async function verifyRound(proof, answeredAt) {
  if (proof.status !== "settled") return [];
  const bets = journalBets(proof);
  if (isSecretFor(proof, answeredAt)) {
    const later = (/** @type {string} */ name) => check(name, null, texts.room.notYet);
    return [
      later("commitment"),
      checkClientSeed(proof, bets),
      checkNonce(proof),
      checkRecord(proof, bets),
      later("outcome"),
      later("results"),
      checkLedger(proof),
      await checkDigest(proof),
    ];
  }
  if (!proof.server_seed) return [check("commitment", false, texts.room.seedNotShown)];
  return [
    await checkCommitment(proof),
    checkClientSeed(proof, bets),
    checkNonce(proof),
    checkRecord(proof, bets),
    ...(await checkPlay(proof, bets)),
    checkLedger(proof),
    await checkDigest(proof),
  ];
}

/**
 * True if every check passed, false if one failed, null if some could not be made.
 * @param {Check[]} checks
 */
export function verdictOf(checks) {
  if (checks.some((each) => each.ok === false)) return false;
  return checks.length > 0 && checks.every((each) => each.ok) ? true : null;
}
