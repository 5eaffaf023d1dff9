/** Replays a coin duel: the side comes from the seeds, the payouts from the challenge and its end. */

import { ensure } from "../../proof/ensure.js";
import { texts } from "../../texts.js";
import { payoutOf, TEN_THOUSANDTHS } from "../payout.js";

const t = texts.games.coinduel.proof;

/** @typedef {import("../../proof/verify.js").JournalBet} JournalBet */

const SIDES = ["heads", "tails"];

/** @param {string} side */
export const otherSide = (side) => (side === "heads" ? "tails" : "heads");

/**
 * The winner's payout in cents: both stakes less the rake, rounded down.
 * @param {number} stake cents
 * @param {number} rake hundredths of a percent
 */
export function winnings(stake, rake) {
  return payoutOf(stake, 2 * (TEN_THOUSANDTHS - rake), TEN_THOUSANDTHS);
}

/** @param {JournalBet} challenge @param {JournalBet} bet */
function checkTaker(challenge, bet) {
  ensure(bet.seat !== challenge.seat, t.ownChallenge);
  ensure(bet.amount === challenge.amount, t.stakes);
  const side = bet.selection?.side;
  ensure(side == null || side === otherSide(challenge.selection.side), t.sides);
}

/**
 * Walks the journal to the end of the round. Throws an Error if it breaks the rules.
 * @param {import("../../proof/verify.js").Journal} journal
 * @returns {JournalBet[]} the challenge and, unless it was withdrawn, the bet that took it
 */
function duelOf(journal) {
  /** @type {JournalBet | null} */
  let challenge = null;
  for (const [place, [, command]] of journal.entries()) {
    const last = place === journal.length - 1;
    if (command.do === "bet" && !challenge) {
      challenge = command;
      ensure(SIDES.includes(challenge.selection?.side), t.noSide);
    } else if (command.do === "bet" && challenge) {
      checkTaker(challenge, command);
      ensure(last, t.over);
      return [challenge, command];
    } else if (command.do === "act" || (command.do === "leave" && command.seat === challenge?.seat)) {
      ensure(challenge !== null && command.seat === challenge.seat, t.withdrawn);
      ensure(last, t.over);
      return challenge ? [challenge] : [];
    }
  }
  throw new Error(t.open);
}

export const draws = 1;

/** @type {import("../../proof/verify.js").Rules["play"]} */
export function play({ draws: [draw], journal, options }) {
  const [challenge, taken] = duelOf(journal);
  if (!taken) return { outcome: {}, results: [{ result: "push", payout: challenge.amount }] };
  const side = SIDES[Math.floor(draw * 2)];
  const won = { result: "win", payout: winnings(challenge.amount, options.rake ?? 0) };
  const lost = { result: "loss", payout: 0 };
  return { outcome: { side }, results: challenge.selection.side === side ? [won, lost] : [lost, won] };
}
