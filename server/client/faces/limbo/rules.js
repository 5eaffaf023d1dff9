/** Replays a limbo round: the point comes from the seeds. */

import { ensure } from "../../proof/ensure.js";
import { texts } from "../../texts.js";
import { HUNDREDTHS, payoutOf } from "../payout.js";
import { pointOf, targetOf } from "./math.js";

const t = texts.games.limbo.proof;

export const draws = 1;

/** @type {import("../../proof/verify.js").Rules["play"]} */
export function play({ draws: [draw], bets, journal }) {
  ensure(bets.length <= 1, t.oneBet);
  ensure(
    journal.every(([, command]) => command.do !== "act"),
    t.noMoves,
  );
  const point = pointOf(draw);
  const results = bets.map(({ amount, selection }) => {
    ensure(Number.isSafeInteger(amount) && amount >= 1, t.badStake);
    const target = targetOf(selection?.target);
    if (target === null) throw new Error(t.badTarget);
    return target <= point
      ? { result: "win", payout: payoutOf(amount, target, HUNDREDTHS) }
      : { result: "loss", payout: 0 };
  });
  return { outcome: { point: point / 100 }, results };
}
