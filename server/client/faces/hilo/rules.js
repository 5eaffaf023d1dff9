/** Replays a hi-lo round: the cards come from the seeds, the guesses from the journal. */

import { texts } from "../../texts.js";
import { cardOf } from "../deck.js";
import { payoutOf, TEN_THOUSANDTHS } from "../payout.js";
import { ENOUGH, isRight, MOST_CARDS, multiplierAfter, rankOf, ranksThatWin } from "./math.js";

const t = texts.games.hilo.proof;

const MOVES = ["higher", "lower", "skip", "cashout"];

export const draws = MOST_CARDS;

/**
 * Replays the round after the bet.
 * @param {import("../../proof/verify.js").Command[]} commands the commands after the bet
 * @param {string[]} stream the cards in dealing order
 */
function follow(commands, stream) {
  const guesses = /** @type {number[]} */ ([]);
  let [dealt, over, lost] = [1, false, false];
  for (const command of commands) {
    if (command.do === "wake") continue;
    if (over) throw new Error(t.over);
    if (command.do === "bet") throw new Error(t.secondBet);
    const move = command.do === "act" ? command.action.action : "cashout";
    if (!MOVES.includes(move)) throw new Error(t.unknown(move));
    if (move !== "cashout") dealt += 1;
    if (move === "higher" || move === "lower") {
      const [card, next] = stream.slice(dealt - 2, dealt);
      lost = !isRight(card, next, move === "higher");
      if (!lost) guesses.push(ranksThatWin(rankOf(card), move === "higher"));
    }
    over = move === "cashout" || lost || dealt === MOST_CARDS || multiplierAfter(guesses) >= ENOUGH;
  }
  if (!over) throw new Error(t.open);
  return { dealt, guesses, lost };
}

/** @type {import("../../proof/verify.js").Rules["play"]} */
export function play({ draws, bets, journal }) {
  const commands = journal.map(([, command]) => command);
  const at = commands.findIndex((command) => command.do === "bet");
  if (commands.slice(0, Math.max(0, at)).some((command) => command.do === "act")) throw new Error(t.early);
  const [bet] = bets;
  if (at < 0 || !bet) throw new Error(t.noBet);
  const stream = draws.map(cardOf);
  const { dealt, guesses, lost } = follow(commands.slice(at + 1), stream);
  const result = lost ? "loss" : guesses.length > 0 ? "cashout" : "push";
  return {
    outcome: { cards: stream.slice(0, dealt) },
    results: [{ result, payout: lost ? 0 : payoutOf(bet.amount, multiplierAfter(guesses), TEN_THOUSANDTHS) }],
  };
}
