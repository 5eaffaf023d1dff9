/** Replays a plinko round: the ball's path comes from the seeds. */

import { ensure } from "../../proof/ensure.js";
import { texts } from "../../texts.js";
import { HUNDREDTHS, payoutOf } from "../payout.js";
import { MOST_ROWS, tableOf } from "./tables.js";

const t = texts.games.plinko.proof;

export const draws = MOST_ROWS;

/** @type {import("../../proof/verify.js").Rules["play"]} */
export function play({ draws: drawn, bets, journal }) {
  ensure(bets.length === 1, t.oneBet);
  ensure(
    journal.every(([, command]) => command.do !== "act"),
    t.noMoves,
  );
  const [{ amount, selection }] = bets;
  ensure(Number.isSafeInteger(amount) && amount >= 1, t.badStake);
  const table = tableOf(selection?.rows, selection?.risk);
  if (!table) throw new Error(t.badChoice);
  const path = drawn.slice(0, selection.rows).map((draw) => Math.floor(draw * 2));
  const slot = path.reduce((sum, step) => sum + step, 0);
  const payout = payoutOf(amount, table[slot], HUNDREDTHS);
  const result = payout > amount ? "win" : payout === amount ? "push" : "loss";
  return { outcome: { path, slot }, results: [{ result, payout }] };
}
