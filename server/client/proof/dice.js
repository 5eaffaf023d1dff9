/** A dice round recomputed: the roll from the seeds, the result and payout of its bet. */

import { hundredths, multiplierOf, payoutOf, winningNumbers, wins } from "../faces/dice_math.js";

/** @type {import("./verify.js").Rules} */
export const dice = {
  draws: 1,

  outcome([draw]) {
    return { roll: Math.floor(draw * 10001) / 100 };
  },

  settle({ bets, outcome }) {
    return bets.map(({ amount, selection }) => {
      const target = hundredths(selection.target);
      if (!wins(hundredths(outcome.roll), target, selection.over)) return { result: "loss", payout: 0 };
      const multiplier = multiplierOf(winningNumbers(target, selection.over));
      return { result: "win", payout: payoutOf(amount, multiplier) };
    });
  },
};
