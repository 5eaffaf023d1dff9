/** Replays a limbo round: the point comes from the seeds. */

import { ensure } from "../../proof/ensure.js";
import { HUNDREDTHS, payoutOf } from "../payout.js";
import { pointOf, targetOf } from "./math.js";
import { text } from "./text.js";

export const draws = 1;

/** @type {import("../../proof/verify.js").Rules["play"]} */
export function play({ draws: [draw], bets, journal }) {
  ensure(bets.length <= 1, text.oneBet);
  ensure(
    journal.every(([, command]) => command.do !== "act"),
    text.noMoves,
  );
  const point = pointOf(draw);
  const results = bets.map(({ amount, selection }) => {
    ensure(Number.isSafeInteger(amount) && amount >= 1, text.badStake);
    const target = targetOf(selection?.target);
    if (target === null) throw new Error(text.badTarget);
    return target <= point
      ? { result: "win", payout: payoutOf(amount, target, HUNDREDTHS) }
      : { result: "loss", payout: 0 };
  });
  return { outcome: { point: point / 100 }, results };
}
