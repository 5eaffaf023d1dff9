/** Replays a crash round: the crash point comes from the seeds, the cash-outs from the times in the journal. */

import { HUNDREDTHS, payoutOf } from "../payout.js";
import { dueAt, hundredthsAt } from "./math.js";

const LARGEST_POINT = 9_900_000_000;

/**
 * The multiplier in hundredths at which a bet cashes out automatically: its own, or the one of the largest payout.
 * @param {import("../../proof/verify.js").JournalBet} bet
 * @param {Record<string, any>} options
 */
function targetOf({ amount, selection }, options) {
  const cap = BigInt(options.max_payout ?? 100_000_000);
  const highest = Number(((cap + 1n) * 100n - 1n) / BigInt(amount));
  const own = selection?.auto_cashout;
  return Math.min(highest, LARGEST_POINT, own == null ? LARGEST_POINT : Math.round(own * 100));
}

/**
 * The time of the first cash-out of this bet in the journal; Infinity for none.
 * @param {import("../../proof/verify.js").JournalBet} bet
 * @param {import("../../proof/verify.js").Journal} journal
 */
function takenAt(bet, journal) {
  const entry = journal.find(
    ([, command]) =>
      command.do === "act" &&
      command.seat === bet.seat &&
      command.action.action === "cashout" &&
      (command.action.bet == null || command.action.bet === bet.number),
  );
  return entry ? entry[0] : Infinity;
}

export const draws = 1;

/** @type {import("../../proof/verify.js").Rules["play"]} */
export function play({ draws: [draw], bets, journal, options, openedAt }) {
  const startedAt = openedAt + (options.betting_ms ?? 6000);
  const multiplier = (1e8 / (Math.floor(draw * 1e8) + 1)) * 0.99;
  const point = Math.max(100, Math.floor(multiplier * 100));
  const crashMs = point === 100 ? 0 : dueAt(point + 1);
  const results = bets.map((bet) => {
    const target = targetOf(bet, options);
    const taken = takenAt(bet, journal) - startedAt;
    // In the same millisecond, the automatic cash-out comes first.
    const byHand = taken < crashMs && (target > point || taken < dueAt(target));
    const paid = byHand ? hundredthsAt(taken) : target <= point ? target : 0;
    return paid === 0
      ? { result: "loss", payout: 0 }
      : { result: "cashout", payout: payoutOf(bet.amount, paid, HUNDREDTHS) };
  });
  return { outcome: { point: point / 100 }, results };
}
