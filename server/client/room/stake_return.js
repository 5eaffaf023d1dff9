/** What a bet returns at a small stake, whose payouts lose something by being rounded down to whole cents. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, api } from "../api.js";
import { fieldErrorText } from "../error_text.js";
import { html } from "../html.js";
import { texts } from "../texts.js";

/** From this stake on, in cents, rounding lowers the return by less than 0.1 %. */
const LARGE_STAKE = 1_000;
/** Differences that two decimals of a percentage don't show. */
const UNSEEN = 0.00005;
const TYPING_MS = 400;

/**
 * The lowest and the highest return, if rounding lowers the lowest one; null otherwise.
 * @param {import("../http.d.ts").OddsAtStake} odds
 */
export function roundedReturns({ bets }) {
  const rounded = bets.map((bet) => bet.return_to_player);
  const [lowest, exact] = [Math.min(...rounded), Math.min(...bets.map((bet) => bet.unrounded_return))];
  return exact - lowest < UNSEEN ? null : { lowest, highest: Math.max(...rounded) };
}

/**
 * The text of the line: what the bet returns, or why its stake is too small. Empty if rounding makes no difference.
 * @param {string} game @param {import("../http.d.ts").OddsQuestion} body
 */
async function textFor(game, body) {
  try {
    const found = roundedReturns(await api.request("POST /games/{name}/odds", { path: { name: game }, body }));
    return found ? texts.room.bet.rounded(found.lowest, found.highest) : "";
  } catch (error) {
    const errors = error instanceof ApiError ? error.errors : [];
    return errors.filter(({ field }) => field === "stake").map((wrong) => fieldErrorText(wrong, game))[0] ?? "";
  }
}

/**
 * The line under the stake. The server calculates the returns, so that it can say them of any game.
 * @param {{play: import("./play.js").Play, selection?: object}} props
 */
export function StakeReturn({ play, selection }) {
  const words = useSignal("");
  const [stake, state] = [play.stake.value, play.store.state.value];
  const small = stake !== null && stake < LARGE_STAKE && !play.stakeError.value;
  const asked = small && state ? JSON.stringify({ stake, selection, options: state.options }) : "";
  useEffect(() => {
    words.value = "";
    if (!asked) return undefined;
    let wanted = true;
    const timer = setTimeout(async () => {
      const found = await textFor(play.game, JSON.parse(asked));
      if (wanted) words.value = found;
    }, TYPING_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [asked]);
  return words.value && html`<p class="hint" data-testid="stake-return">${words.value}</p>`;
}
