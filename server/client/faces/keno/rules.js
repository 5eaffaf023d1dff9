/** Replays a keno round: the numbers come from the seeds. */

import { texts } from "../../texts.js";
import { payoutOf, TEN_THOUSANDTHS } from "../payout.js";
import { DRAWN, drawnBy, hitsOf, MOST_PICKS, NUMBERS, RISKS, tableOf } from "./math.js";

const t = texts.games.keno.proof;

export const draws = DRAWN;

/** Throws an Error for an invalid selection. @param {any} selection */
function checkSelection({ picks, risk }) {
  const good = picks.every((/** @type {number} */ each) => Number.isInteger(each) && each >= 1 && each <= NUMBERS);
  if (!good || new Set(picks).size !== picks.length || picks.length < 1 || picks.length > MOST_PICKS)
    throw new Error(t.picks);
  if (!RISKS.includes(risk)) throw new Error(t.risk(risk));
}

/** @type {import("../../proof/verify.js").Rules["play"]} */
export function play({ draws, bets, journal }) {
  if (bets.length > 1) throw new Error(t.bets(bets.length));
  if (journal.some(([, command]) => command.do === "act")) throw new Error(t.moves);
  const drawn = drawnBy(draws);
  const results = bets.map(({ amount, selection }) => {
    checkSelection(selection);
    const multiplier = tableOf(selection.risk, selection.picks.length)[hitsOf(selection.picks, drawn)];
    const payout = payoutOf(amount, multiplier, TEN_THOUSANDTHS);
    return { result: payout > 0 ? "win" : "loss", payout };
  });
  return { outcome: { drawn }, results };
}
