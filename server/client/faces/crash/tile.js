/** Crash for tiles, lists and the room's state. */

import { multiplier } from "../../format.js";
import { texts } from "../../texts.js";
import { LINGER_MS } from "./moment.js";

const text = texts.games.crash.face;

export { Picture } from "./picture.js";
export { Summary } from "./summary.js";

export const title = text.title;
export const results = text.results;
export const lingers = LINGER_MS;

/** @param {Record<string, any>} outcome */
export function resultText(outcome) {
  const tone = /** @type {"good" | "plain"} */ (outcome.point >= 2 ? "good" : "plain");
  return { text: multiplier(outcome.point), tone };
}

/** @param {Record<string, any>} outcome */
export const tooLate = ({ point }) => text.tooLate(point);

/** @type {NonNullable<import("../../shapes.d.ts").Tile["reduce"]>} */
export function reduce(view, event, { view: before }) {
  if (event.type === "round_opened") return { ...view, past: before.cashed_out ?? [] };
  if (event.type === "round_started") return { ...view, cashed_out: [] };
  if (event.type === "tick") return { ...view, ticked: event.multiplier };
  if (event.type !== "cashed_out") return view;
  const { player, bet, multiplier: taken, payout } = event;
  return { ...view, cashed_out: [...(view.cashed_out ?? []), { player, bet, multiplier: taken, payout }] };
}

/** @type {NonNullable<import("../../shapes.d.ts").Tile["betStatus"]>} */
export function betStatus(bet, view) {
  const taken = (view.cashed_out ?? []).find((/** @type {any} */ each) => each.bet === bet.bet);
  if (taken) return { text: multiplier(taken.multiplier), payout: taken.payout, tone: "win" };
  if (bet.payout) return { text: multiplier(bet.payout / bet.amount), payout: bet.payout, tone: "win" };
  return null;
}
