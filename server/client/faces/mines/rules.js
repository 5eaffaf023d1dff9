/** Replays a round of mines: the mines come from the seeds, the uncovered cells from the journal. */

import { texts } from "../../texts.js";
import { payoutOf, TEN_THOUSANDTHS } from "../payout.js";
import { CELLS, MOST_MINES, minesOf, multiplierAfter } from "./math.js";

const t = texts.games.mines.proof;

export const draws = MOST_MINES;

/** @param {number} cell @param {Set<number>} revealed */
function checkCell(cell, revealed) {
  if (!(Number.isInteger(cell) && cell >= 0 && cell < CELLS)) throw new Error(t.cell(cell));
  if (revealed.has(cell)) throw new Error(t.twice(cell));
}

/**
 * Replays the round after the bet: the safe cells, and whether a mine was hit.
 * @param {import("../../proof/verify.js").Command[]} commands the commands after the bet
 * @param {Set<number>} mined
 */
function follow(commands, mined) {
  const revealed = /** @type {Set<number>} */ (new Set());
  let [over, hit] = [false, false];
  for (const command of commands) {
    if (command.do === "wake") continue;
    if (over) throw new Error(t.over);
    if (command.do === "bet") throw new Error(t.secondBet);
    const { action, cell } = /** @type {any} */ (command.do === "act" ? command.action : { action: "cashout" });
    if (action === "reveal") {
      checkCell(cell, revealed);
      hit = mined.has(cell);
      if (!hit) revealed.add(cell);
    } else if (action !== "cashout") throw new Error(t.unknown(action));
    over = action === "cashout" || hit || revealed.size + mined.size === CELLS;
  }
  if (!over) throw new Error(t.open);
  return { reveals: revealed.size, hit };
}

/** @type {import("../../proof/verify.js").Rules["play"]} */
export function play({ draws, bets, journal }) {
  const commands = journal.map(([, command]) => command);
  const at = commands.findIndex((command) => command.do === "bet");
  if (commands.slice(0, Math.max(0, at)).some((command) => command.do === "act")) throw new Error(t.early);
  const [bet] = bets;
  if (at < 0 || !bet) throw new Error(t.noBet);
  const mines = bet.selection?.mines;
  if (!(Number.isInteger(mines) && mines >= 1 && mines <= MOST_MINES)) throw new Error(t.mines(mines));
  const drawn = minesOf(draws, mines);
  const { reveals, hit } = follow(commands.slice(at + 1), new Set(drawn));
  const result = hit ? "loss" : reveals > 0 ? "cashout" : "push";
  return {
    outcome: { mines: drawn },
    results: [{ result, payout: hit ? 0 : payoutOf(bet.amount, multiplierAfter(mines, reveals), TEN_THOUSANDTHS) }],
  };
}
