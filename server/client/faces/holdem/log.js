/** A hand in words, from its events. Pure. */

import { texts } from "../../texts.js";

const text = texts.games.holdem.face;

/** @typedef {{seat: number, player?: string, street: string, move: string, amount: number, to: number, all_in: boolean,
 *   cards: string[]}} Move */
/** @typedef {{moves?: Move[], board?: string[], outcome?: any, showdown?: any}} Hand the view of a hand, or a past one */

/** Street → where its cards lie on the board. @type {[string, number, number][]} */
const STREETS = [
  ["flop", 0, 3],
  ["turn", 3, 4],
  ["river", 4, 5],
];

/**
 * The lines of a hand so far, in order. Who won comes at the end.
 * @param {Hand} hand
 * @returns {string[]}
 */
export function linesOf({ moves = [], board = [], outcome, showdown }) {
  const [lines, left] = [/** @type {string[]} */ ([]), STREETS.filter(([, , to]) => board.length >= to)];
  const deal = (/** @type {(street: string) => boolean} */ until) => {
    while (left.length > 0 && !until(left[0][0])) {
      const [street, from, to] = /** @type {[string, number, number]} */ (left.shift());
      lines.push(text.logStreet(street, board.slice(from, to)));
    }
  };
  const order = ["preflop", ...STREETS.map(([street]) => street)];
  const names = new Map();
  for (const move of moves) {
    names.set(move.seat, move.player ?? "");
    deal((street) => order.indexOf(street) > order.indexOf(move.street));
    lines.push(text.logMove(move));
  }
  deal(() => false);
  for (const { amount, winners } of outcome?.awards ?? showdown?.won ?? [])
    lines.push(
      text.logWin(
        winners.map((/** @type {number} */ seat) => names.get(seat) ?? ""),
        amount,
      ),
    );
  return lines;
}
