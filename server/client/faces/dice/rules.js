/** Replays a dice round: the roll comes from the seeds. */

import { payoutOf, TEN_THOUSANDTHS } from "../payout.js";
import { hundredths, multiplierOf, winningNumbers, wins } from "./math.js";

export const draws = 1;

/** @type {import("../../proof/verify.js").Rules["play"]} */
export function play({ draws: [draw], bets }) {
  const roll = Math.floor(draw * 10001);
  const results = bets.map(({ amount, selection }) => {
    const target = hundredths(selection.target);
    if (!wins(roll, target, selection.over)) return { result: "loss", payout: 0 };
    return {
      result: "win",
      payout: payoutOf(amount, multiplierOf(winningNumbers(target, selection.over)), TEN_THOUSANDTHS),
    };
  });
  return { outcome: { roll: roll / 100 }, results };
}
