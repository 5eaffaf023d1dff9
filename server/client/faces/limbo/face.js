/** The limbo face: the drawn point, and a line that compares it with the target. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { announce } from "../../dom.js";
import { multiplier, plainFixed } from "../../format.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { drawnRound, toneOf } from "../../room/last_round.js";
import { NumberField } from "../../room/number_field.js";
import { useReveal } from "../../room/reveal.js";
import { texts } from "../../texts.js";
import { partDone } from "../../ui/part_done.js";
import { choiceIn } from "./choice.js";
import { climbing, percent, placeOf, targetAt, targetForChance, targetOf } from "./math.js";

const t = texts.games.limbo.face;

export { BetPanel } from "./panel.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./choice.js").Choice} Choice */

const CLIMB_MS = 600;
/** The number of slider positions; the last one is close enough to the end of the line. */
const PLACES = 1000;
const MARKS = [1, 1.5, 2, 4, 10];

/** @param {import("../../room/last_round.js").LastRound | null} last @returns {number | null} */
const pointOf = (last) => last?.outcome.point ?? null;

/** @param {number} hundredths */
const times = (hundredths) => multiplier(hundredths / 100);

/**
 * Animates a number from 1.00 to the point while the point is being revealed, and marks its parent as `climbing` meanwhile.
 * @param {RoomStore} store
 * @param {number | null} point
 * @param {string} round
 */
function useClimbing(store, point, round) {
  const node = useRef(/** @type {HTMLElement | null} */ (null));
  const hidden = store.reveals.hides(round);
  useLayoutEffect(() => {
    const at = node.current;
    if (!at || point === null) return undefined;
    const whole = Math.round(point * 100);
    if (!hidden) at.textContent = times(whole);
    if (!hidden) return undefined;
    const start = performance.now();
    at.textContent = times(100);
    at.parentElement?.classList.add("climbing");
    let frame = requestAnimationFrame(function step(now) {
      const part = partDone(now, start, CLIMB_MS);
      at.textContent = times(climbing(whole, part));
      if (part < 1) frame = requestAnimationFrame(step);
      else store.reveals.end(round);
    });
    return () => {
      cancelAnimationFrame(frame);
      at.parentElement?.classList.remove("climbing");
      store.reveals.end(round);
    };
  }, [round, hidden]);
  return node;
}

/** @param {{store: RoomStore}} props */
function Point({ store }) {
  const last = drawnRound(store);
  const [round, point] = [last?.round, pointOf(last)];
  const hidden = store.reveals.hides(round);
  const tone = hidden ? "" : toneOf(last);
  const node = useClimbing(store, point, round ?? "");
  const said = useRef(round);
  useEffect(() => {
    if (hidden) return;
    if (point !== null && round !== said.current) announce(t.drawn(point));
    said.current = round;
  }, [round, hidden]);
  const signs = point === null ? 1 : multiplier(point).length;
  return html`<div class="target-drawn limbo-point" data-part="board" data-testid="point" data-round=${round}>
    <p class=${`target-number limbo-number number ${tone}`} style=${{ "--signs": signs }} ref=${node}
      aria-hidden="true"></p>
    <p class=${`target-word limbo-word ${tone}`}>${hidden ? "" : last ? texts.room.ended.word[tone] : t.waiting}</p>
    <span class="visually-hidden">${point !== null && !hidden && t.drawn(point)}</span>
  </div>`;
}

/** @param {{store: RoomStore, choice: Choice}} props */
function Line({ store, choice }) {
  const [target, last] = [choice.target.value, drawnRound(store)];
  const [place, point] = [placeOf(target), pointOf(last)];
  const tone = store.reveals.hides(last?.round) ? "" : toneOf(last);
  return html`<div style=${{ "--split": place }}>
    <div class="target-lane" aria-hidden="true">
      ${
        point !== null &&
        html`<span class=${`limbo-marker ${tone}`}
        style=${{ "--at": placeOf(Math.round(point * 100)) }}></span>`
      }
    </div>
    <input class="target-slider" data-part="action" type="range" min="0" max=${PLACES - 1} value=${Math.round(place * PLACES)}
      aria-label=${t.slider} aria-valuetext=${t.aims(target / 100)}
      onInput=${(/** @type {any} */ event) => {
        choice.aim(targetAt(Number(event.target.value) / PLACES));
        event.target.value = Math.round(placeOf(choice.target.peek()) * PLACES);
      }} />
    <div class="target-lane target-marks dim small number" aria-hidden="true">
      ${MARKS.map((mark) => html`<span key=${mark} style=${{ "--at": placeOf(mark * 100) }}>${mark}×</span>`)}
    </div>
  </div>`;
}

/** @param {{choice: Choice}} props */
function Numbers({ choice }) {
  const takeTarget = (/** @type {number} */ typed) => {
    const target = targetOf(typed);
    if (target !== null) choice.aim(target);
    return target !== null;
  };
  const takeChance = (/** @type {number} */ typed) => {
    const good = typed >= 0.000099 && typed <= 98.02;
    if (good) choice.aim(targetForChance(typed / 100));
    return good;
  };
  return html`<div class="target-numbers">
    <${NumberField} id="target" label=${t.target} unit="×" shown=${plainFixed(choice.target.value / 100, 2)}
      bad=${t.targetBad} take=${takeTarget} />
    <${NumberField} id="chance" label=${t.chance} unit="%" shown=${percent(choice.chance.value)} bad=${t.chanceBad}
      take=${takeChance} />
  </div>`;
}

/** @param {{store: RoomStore}} props */
export function Face({ store }) {
  const choice = choiceIn(store);
  const seated = store.you.value !== null;
  useReveal(store, () => true, { endsWithBet: true });
  useKeys([
    { keys: ["ArrowLeft", "ArrowDown"], label: t.keys.less, run: () => choice.step(false), repeats: true },
    { keys: ["ArrowRight", "ArrowUp"], label: t.keys.more, run: () => choice.step(true), repeats: true },
  ]);
  return html`<div class="target-face" data-testid="limbo">
    <${Point} store=${store} />
    ${seated && html`<${Line} store=${store} choice=${choice} />`}
    ${seated && html`<${Numbers} choice=${choice} />`}
  </div>`;
}
