/** A crash round recomputed: the point from the seeds, each bet's cash-out from the times in the journal. */

import { dueAt, hundredthsAt, payoutOf } from "../faces/crash_math.js";

const LARGEST_POINT = 9_900_000_000;

/**
 * The multiplier, in hundredths, at which a bet is cashed out by itself: its own, or where it brings the largest payout.
 * @param {import("./verify.js").JournalBet} bet
 * @param {Record<string, any>} options
 */
function targetOf({ amount, selection }, options) {
  const cap = BigInt(options.max_payout ?? 100_000_000);
  const highest = Number(((cap + 1n) * 100n - 1n) / BigInt(amount));
  const own = selection?.auto_cashout;
  return Math.min(highest, LARGEST_POINT, own == null ? LARGEST_POINT : Math.round(own * 100));
}

/**
 * The time of the first cash-out in the journal that means this bet; Infinity when there is none.
 * @param {import("./verify.js").JournalBet} bet
 * @param {import("./verify.js").Journal} journal
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

/** @type {import("./verify.js").Rules} */
export const crash = {
  draws: 1,

  outcome([draw]) {
    const multiplier = (1e8 / (Math.floor(draw * 1e8) + 1)) * 0.99;
    return { point: Math.max(1, Math.floor(multiplier * 100) / 100) };
  },

  settle({ bets, outcome, journal, options, openedAt }) {
    const startedAt = openedAt + (options.betting_ms ?? 6000);
    const point = Math.round(outcome.point * 100);
    const crashMs = point === 100 ? 0 : dueAt(point + 1);
    return bets.map((bet) => {
      const target = targetOf(bet, options);
      const taken = takenAt(bet, journal) - startedAt;
      // At the same millisecond the automatic cash-out comes first.
      const byHand = taken < crashMs && (target > point || taken < dueAt(target));
      const multiplier = byHand ? hundredthsAt(taken) : target <= point ? target : 0;
      if (multiplier === 0) return { result: "loss", payout: 0 };
      return { result: "cashout", payout: payoutOf(bet.amount, multiplier), multiplier };
    });
  },
};
