/** The raise controls: a slider, an amount field, and buttons for the usual amounts. */

import { useEffect } from "preact/hooks";
import { onText } from "../../dom.js";
import { parseChips, plainChips } from "../../format.js";
import { html } from "../../html.js";
import { texts } from "../../texts.js";
import { ActionButton } from "../../ui/action_button.js";
import { Reading, showsReadingFirst, twoReadings } from "../../ui/reading.js";
import { isOpening, presetsOf, snapped } from "./pots.js";

const text = texts.games.holdem.face;

/** @typedef {import("./pots.js").Bounds} Bounds */
/** @typedef {import("@preact/signals").Signal<string>} Typed */
/** @typedef {import("../../shapes.d.ts").GameData} GameData */

export const FIELD = "raise-amount";
export const PRESETS = /** @type {const} */ (["min", "half", "pot", "all"]);

/** The typed amount in cents; null if it is not within the bounds. @param {string} typed @param {Bounds} bounds */
export function amountOf(typed, { minimum, maximum }) {
  const amount = parseChips(typed);
  return amount !== null && amount >= minimum && amount <= maximum ? amount : null;
}

/** What is wrong with the typed amount, in words; empty if it is valid. @param {string} typed @param {Bounds} bounds */
export function wrongWith(typed, { minimum, maximum }) {
  const amount = parseChips(typed);
  if (amount === null) return text.notAnAmount;
  if (amount < minimum) return text.tooSmall(minimum);
  return amount > maximum ? text.tooLarge(maximum) : "";
}

/** The words on the button. @param {number} amount @param {Bounds} bounds @param {Record<string, any>} view */
function wordsOf(amount, bounds, view) {
  if (amount === bounds.maximum) return text.allInTo(amount);
  return isOpening(view) ? text.betTo(amount) : text.raiseTo(amount);
}

/**
 * @param {{
 *   view: GameData,
 *   bounds: Bounds,
 *   typed: Typed,
 *   dead: boolean,
 *   guard: import("../../ui/repeat_guard.js").RepeatGuard,
 *   send: () => void,
 *   back: () => void,
 * }} props
 */
export function Raise({ view, bounds, typed, dead, guard, send, back }) {
  // The choice starts with the smallest raise, unless a key has set an amount for this turn.
  useEffect(() => {
    if (amountOf(typed.peek(), bounds) === null) typed.value = plainChips(bounds.minimum);
  }, [view.turn?.ends_at]);
  const amount = amountOf(typed.value, bounds);
  const presets = presetsOf(view, bounds);
  const set = (/** @type {number} */ cents) => (typed.value = plainChips(cents));
  const wrong = wrongWith(typed.value, bounds);
  const tidy = () => {
    const cents = parseChips(typed.peek());
    if (cents !== null) set(cents);
  };
  const step = view.blinds?.[0] ?? 1;
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") back();
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat && !showsReadingFirst(event)) send();
  };
  return html`<fieldset class="raise" data-testid="raise">
    <legend class="visually-hidden">${isOpening(view) ? text.betLabel : text.raiseLabel}</legend>
    <div class="raise-row">
      <button type="button" class="button large" data-testid="raise-back" onClick=${back}>${text.back}</button>
      <input id=${FIELD} class="input number" inputmode="decimal" autocomplete="off"
        aria-label=${isOpening(view) ? text.betLabel : text.raiseLabel}
        value=${typed.value} aria-invalid=${wrong ? "true" : undefined} aria-describedby="raise-error raise-read"
        data-two-readings=${twoReadings(typed.value)} onKeyDown=${onKeyDown}
        onInput=${onText((value) => (typed.value = value))} onBlur=${tidy} />
      <${ActionButton} class="button primary large" disabled=${dead || amount === null} data-move="raise"
        guard=${guard} run=${send}>${amount === null ? text.raiseLabel : wordsOf(amount, bounds, view)}<//>
    </div>
    <p id="raise-error" class="error small loss" hidden=${!wrong}>${wrong}</p>
    <${Reading} id="raise-read" typed=${typed.value} unit="chips" />
    ${
      bounds.maximum > bounds.minimum &&
      html`<input class="raise-slider" type="range" min=${bounds.minimum} max=${bounds.maximum}
        value=${amount ?? bounds.minimum} aria-label=${text.slider} aria-valuetext=${typed.value}
        style=${{ "--at": ((amount ?? bounds.minimum) - bounds.minimum) / (bounds.maximum - bounds.minimum) }}
        onInput=${onText((value) => set(snapped(Number(value), bounds, step)))} />
        <div class="raise-presets">${PRESETS.map(
          (name) => html`<button key=${name} type="button" class="button"
            aria-label=${`${text.presets[name]}: ${text.spokenPresets[name]}`}
            aria-pressed=${amount === presets[name] ? "true" : "false"}
            data-preset=${name} onClick=${() => set(presets[name])}>${text.presets[name]}</button>`,
        )}</div>`
    }
  </fieldset>`;
}
