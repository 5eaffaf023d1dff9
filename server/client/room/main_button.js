/** The main button of a bet panel: it always offers the next thing that the player can do. */

import { html } from "../html.js";
import { texts } from "../texts.js";
import { ActionButton } from "../ui/action_button.js";

/** @typedef {import("./play.js").Play} Play */

/** Steps at which the player can only wait. */
const WAITING = new Set(["placing", "placed", "queued"]);

/** The next step in placing a bet; games add steps of their own. @param {Play} play */
export function stepOf(play) {
  if (play.placing.value) return "placing";
  if (play.store.view.value.phase === "betting") return "place";
  return play.queued.value ? "queued" : "queue";
}

/**
 * The button, and below it a way to drop a queued bet.
 * @param {{
 *   play: Play,
 *   step: string,
 *   run: () => void,
 *   look?: string,
 *   disabled?: boolean,
 *   move?: boolean,
 *   guard?: import("../ui/repeat_guard.js").RepeatGuard | null,
 *   children?: any,
 * }} props `look` is a class; `move`: the next thing is a move, not a bet
 */
export function MainButton({ play, step, run, look, disabled = false, move = false, guard = play.guard, children }) {
  const cannot = move ? play.cannotAct.value : play.cannotBet.value;
  const usual = step === "place" || step === "placing" ? "primary" : "";
  return html`
    <${ActionButton} class=${`button large wide main-button ${look ?? usual}`} guard=${guard} run=${run}
      disabled=${disabled || WAITING.has(step) || cannot !== null}
      aria-busy=${step === "placing" ? "true" : undefined} data-testid="main" data-step=${step}>${children}<//>
    ${
      play.queued.value &&
      html`<button type="button" class="button quiet" onClick=${() => (play.queued.value = null)}>
        ${texts.room.bet.unqueue}</button>`
    }`;
}

/**
 * The main button of a game in which it only places a bet.
 * @param {{
 *   play: Play,
 *   submit: () => void,
 *   words: string,
 *   placing: string,
 *   ready?: boolean,
 * }} props `ready` is false while
 *   there is no bet to place
 */
export function PlaceButton({ play, submit, words, placing, ready = true }) {
  const busy = play.placing.value !== null;
  return html`<${MainButton} play=${play} step=${busy ? "placing" : "place"} run=${submit} disabled=${!ready}>
    ${busy ? placing : words}<//>`;
}
