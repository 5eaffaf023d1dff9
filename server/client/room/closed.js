/** What a closed room shows in place of its game: that it is closed, and who won how much in the rounds that we saw. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { signed } from "../format.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { netsOf } from "./nets.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../shapes.d.ts").EndedRound} EndedRound */
/**
 * @typedef {object} Tally
 * @property {number} rounds with bets
 * @property {ReadonlyMap<string, number>} nets cents by username
 */

const t = texts.room.closedRoom;

/** @type {Tally} */
export const NO_ROUNDS = { rounds: 0, nets: new Map() };

/** The tally with one more round. @param {Tally} tally @param {EndedRound} round @returns {Tally} */
export function counted({ rounds, nets }, round) {
  const own = netsOf(round);
  if (own.size === 0) return { rounds, nets };
  const sums = new Map(nets);
  for (const [player, net] of own) sums.set(player, (sums.get(player) ?? 0) + net);
  return { rounds: rounds + 1, nets: sums };
}

/** The players of a tally, the largest winner first. @param {Tally} tally @returns {[string, number][]} */
export const ranked = ({ nets }) => [...nets].sort(([a, x], [b, y]) => y - x || a.localeCompare(b));

/** Counts the rounds of a room whose results have been shown since the page was opened. @param {RoomStore} store */
export function useTally(store) {
  const tally = useSignal(NO_ROUNDS);
  useEffect(
    () =>
      store.onRevealed((round) => {
        tally.value = counted(tally.peek(), /** @type {EndedRound} */ (/** @type {unknown} */ (round)));
      }),
    [store],
  );
  return tally.value;
}

/** @param {{tally: Tally, you?: string, next: unknown}} props `next`: where to go from here */
export const Closed = ({ tally, you, next }) => html`<div class="closed-room stack" data-testid="closed">
  <p role="status"><strong>${texts.room.closed}</strong></p>
  ${
    tally.rounds > 0 &&
    html`<h2>${t.title}</h2>
    <p class="dim small">${t.rounds(tally.rounds)}</p>
    <ol class="standings">
      ${ranked(tally).map(
        ([player, net]) => html`<li key=${player} class=${player === you ? "own" : ""}>
          <span class="name">${player}</span>
          <span class=${`number ${net > 0 ? "win" : net < 0 ? "loss" : ""}`}>${signed(net)}</span></li>`,
      )}
    </ol>`
  }
  ${next}
</div>`;
