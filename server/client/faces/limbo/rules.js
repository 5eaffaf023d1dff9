/** A limbo round recomputed: the point from the seeds, the result and payout of its bet. */

import { payoutOf, pointOf, targetOf } from "./math.js";
import { text } from "./text.js";

export const draws = 1;

/** @param {boolean} good @param {string} why */
function require(good, why) {
  if (!good) throw new Error(why);
}

/** @type {import("../../proof/verify.js").Rules["play"]} */
export function play({ draws: [draw], bets, journal }) {
  require(bets.length <= 1, text.oneBet);
  require(journal.every(([, command]) => command.do !== "act"), text.noMoves);
  const point = pointOf(draw);
  const results = bets.map(({ amount, selection }) => {
    require(Number.isSafeInteger(amount) && amount >= 1, text.badStake);
    const target = targetOf(selection?.target);
    if (target === null) throw new Error(text.badTarget);
    return target <= point ? { result: "win", payout: payoutOf(amount, target) } : { result: "loss", payout: 0 };
  });
  return { outcome: { point: point / 100 }, results };
}
