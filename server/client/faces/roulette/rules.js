/** Replays a roulette round: the pocket comes from the seeds. */

import { texts } from "../../texts.js";
import { placeOf, stakesPaid } from "./layout.js";

const t = texts.games.roulette.proof;

const BETS_A_SEAT = 50;

export const draws = 1;

/**
 * Throws an Error for an invalid bet.
 * @param {import("../../proof/verify.js").Played} round
 */
function checkJournal({ journal, options, openedAt }) {
  const closesAt = openedAt + (options.betting_ms ?? 20_000);
  const counts = /** @type {Map<number, number>} */ (new Map());
  for (const [at, command] of journal) {
    if (command.do === "act") throw new Error(t.moves);
    if (command.do !== "bet") continue;
    if (at >= closesAt) throw new Error(t.late(command.number));
    const count = (counts.get(command.seat) ?? 0) + 1;
    if (count > BETS_A_SEAT) throw new Error(t.tooMany(command.number));
    counts.set(command.seat, count);
  }
}

/** @type {import("../../proof/verify.js").Rules["play"]} */
export function play(round) {
  checkJournal(round);
  const pocket = Math.floor(round.draws[0] * 37);
  const results = round.bets.map(({ number, amount, selection }) => {
    const place = placeOf(selection);
    if (!place) throw new Error(t.noPlace(number));
    if (!place.covers.has(pocket)) return { result: "loss", payout: 0 };
    return { result: "win", payout: Number(BigInt(amount) * BigInt(stakesPaid(place))) };
  });
  return { outcome: { pocket }, results };
}
