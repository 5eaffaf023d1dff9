/** The dice face: a track from 0 to 100 with the target, and the server's roll. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { announce } from "../../dom.js";
import { fixed, plainFixed } from "../../format.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { drawnRound, toneOf } from "../../room/last_round.js";
import { NumberField } from "../../room/number_field.js";
import { useReveal } from "../../room/reveal.js";
import { texts } from "../../texts.js";
import { partDone } from "../../ui/part_done.js";
import { choiceIn } from "./choice.js";
import { targetBounds } from "./math.js";

const t = texts.games.dice.face;

export { BetPanel } from "./panel.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./choice.js").Choice} Choice */

const ROLL_MS = 450;

/** @param {import("../../room/last_round.js").LastRound | null} last @returns {number | null} */
const rollOf = (last) => last?.outcome.roll ?? null;

/**
 * Animates a number to the roll while the roll is being revealed.
 * @param {RoomStore} store
 * @param {number | null} roll
 * @param {string} round
 */
function useRolling(store, roll, round) {
  const node = useRef(/** @type {HTMLElement | null} */ (null));
  const hidden = store.reveals.hides(round);
  useLayoutEffect(() => {
    const at = node.current;
    if (!at || roll === null) return undefined;
    if (!hidden) at.textContent = fixed(roll, 2);
    if (!hidden) return undefined;
    const [from, start] = [Math.random() * 100, performance.now()];
    let frame = requestAnimationFrame(function step(now) {
      const part = partDone(now, start, ROLL_MS);
      if (part === 1) store.reveals.end(round);
      else {
        at.textContent = fixed(from + (roll - from) * (1 - (1 - part) ** 3), 2);
        frame = requestAnimationFrame(step);
      }
    });
    return () => {
      cancelAnimationFrame(frame);
      store.reveals.end(round);
    };
  }, [round, hidden]);
  return node;
}

/** @param {{store: RoomStore}} props */
function Roll({ store }) {
  const last = drawnRound(store);
  const [round, roll] = [last?.round, rollOf(last)];
  const hidden = store.reveals.hides(round);
  const tone = hidden ? "" : toneOf(last);
  const node = useRolling(store, roll, round ?? "");
  useEffect(() => (roll === null || hidden ? undefined : announce(t.rolled(roll))), [round, hidden]);
  return html`<div class="target-drawn" data-part="board" data-testid="roll" data-round=${round}>
    <p class=${`target-number number ${tone}`} ref=${node} aria-hidden="true"></p>
    <p class=${`target-word ${tone}`} key=${`${round} ${hidden}`}>${
      hidden ? t.rolling : last ? texts.room.ended.word[tone] : t.waiting
    }</p>
    <span class="visually-hidden">${roll !== null && !hidden && t.rolled(roll)}</span>
  </div>`;
}

/** @param {{store: RoomStore, choice: Choice}} props */
function Track({ store, choice }) {
  const [target, over, last] = [choice.target.value, choice.over.value, drawnRound(store)];
  const [roll, hidden] = [rollOf(last), store.reveals.hides(last?.round)];
  const { least, most } = targetBounds(over);
  return html`<div class=${`dice-track ${over ? "" : "under"}`} style=${{ "--split": target / 10_000 }}>
    <div class="target-lane dice-lane" aria-hidden="true">
      ${
        roll !== null &&
        html`<span class=${`dice-marker number ${hidden ? "" : toneOf(last)}`} style=${{ "--at": roll / 100 }}>
        <b>${hidden ? "…" : fixed(roll, 2)}</b></span>`
      }
    </div>
    <input class="target-slider" data-part="action" type="range" min="0" max="10000" value=${target} aria-label=${t.slider}
      aria-valuetext=${`${over ? t.over : t.under} ${fixed(target / 100, 2)}`}
      onInput=${(/** @type {any} */ event) => {
        choice.aim(Math.min(Math.max(Number(event.target.value), least), most));
        event.target.value = choice.target.peek();
      }} />
    <div class="target-lane target-marks dim small number" aria-hidden="true">
      ${[0, 25, 50, 75, 100].map((mark) => html`<span key=${mark} style=${{ "--at": mark / 100 }}>${mark}</span>`)}
    </div>
  </div>`;
}

/** @param {number} tenThousandths */
const shownMultiplier = (tenThousandths) => plainFixed(tenThousandths / 10_000, 4);

/** @param {{choice: Choice}} props */
function Numbers({ choice }) {
  const over = choice.over.value;
  const { least, most } = targetBounds(over);
  const bounds = t.targetBad(fixed(least / 100, 2), fixed(most / 100, 2));
  const chance = choice.chance.value * 100;
  const accept = (/** @type {boolean} */ good, /** @type {() => void} */ run) => {
    if (good) run();
    return good;
  };
  return html`<div class="target-numbers">
    <${NumberField} id="target" label=${t.target} shown=${plainFixed(choice.target.value / 100, 2)} bad=${bounds}
      take=${(/** @type {number} */ value) => {
        const hundredths = Math.round(value * 100);
        return accept(hundredths >= least && hundredths <= most, () => choice.aim(hundredths));
      }} />
    <${NumberField} id="multiplier" label=${t.multiplier} unit="×" shown=${shownMultiplier(choice.multiplier.value)}
      bad=${t.multiplierBad}
      take=${(/** @type {number} */ value) =>
        accept(value > 1 && value <= 9901, () => choice.aimAtMultiplier(value))} />
    <${NumberField} id="chance" label=${t.chance} unit="%" shown=${plainFixed(chance, 2)} bad=${t.chanceBad}
      take=${(/** @type {number} */ value) =>
        accept(value >= 0.01 && value <= 99, () => choice.aimAtChance(value / 100))} />
  </div>`;
}

/** @param {{store: RoomStore}} props */
export function Face({ store }) {
  const choice = choiceIn(store);
  useReveal(store, () => true, { endsWithBet: true });
  const aim = (/** @type {number} */ by) => () => choice.aim(choice.target.peek() + by);
  useKeys([
    { keys: ["ArrowLeft", "ArrowDown"], label: t.keys.less, run: aim(-100), repeats: true },
    { keys: ["ArrowRight", "ArrowUp"], label: t.keys.more, run: aim(100), repeats: true },
    { keys: ["o"], label: t.keys.over, run: () => choice.side(true) },
    { keys: ["u"], label: t.keys.under, run: () => choice.side(false) },
  ]);
  return html`<div class="target-face" data-testid="dice">
    <${Roll} store=${store} />
    <${Track} store=${store} choice=${choice} />
    ${store.you.value && html`<${Numbers} choice=${choice} />`}
  </div>`;
}
