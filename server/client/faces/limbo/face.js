/** Limbo: the point that was drawn, large, and a line on which it lies above or below the target. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { announce, reducedMotion } from "../../dom.js";
import { chipsExact, multiplier } from "../../format.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { PanelForm, ResultLine, StakeField, Trouble } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { choiceIn } from "./choice.js";
import { climbing, payoutOf, percent, placeOf, targetAt, targetForChance, targetOf } from "./math.js";
import { text as t } from "./text.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./choice.js").Choice} Choice */

const CLIMB_MS = 600;
/** The line has so many places for the slider; the last one is near enough to its end. */
const PLACES = 1000;
const MARKS = [1, 1.5, 2, 4, 10];

/** The last point and whether its bet won; null before the first. @param {RoomStore} store */
function lastPoint(store) {
  const [last, newest] = [store.last.value, store.history.value[0]];
  if (last && (!newest || last.round === newest.round)) {
    return { round: last.round, point: /** @type {number} */ (last.outcome.point), won: last.results.some((line) => line.payout > 0) };
  }
  return newest ? { round: newest.round, point: /** @type {number} */ (newest.outcome.point), won: null } : null;
}

/** @param {number} hundredths */
const times = (hundredths) => multiplier(hundredths / 100);

/**
 * Runs a number from 1.00 up to the point, and marks its parent as `climbing` until it is there. Without motion, and
 * for a point that was there before, it just stands.
 * @param {number | null} point
 * @param {string} round
 */
function useClimbing(point, round) {
  const node = useRef(/** @type {HTMLElement | null} */ (null));
  const first = useRef(true);
  useEffect(() => {
    const at = node.current;
    if (!at || point === null) return undefined;
    const whole = Math.round(point * 100);
    const still = first.current || reducedMotion();
    first.current = false;
    at.textContent = times(whole);
    if (still) return undefined;
    const start = performance.now();
    const done = () => at.parentElement?.classList.remove("climbing");
    at.parentElement?.classList.add("climbing");
    let frame = requestAnimationFrame(function step(now) {
      const part = Math.min(1, Math.max(0, now - start) / CLIMB_MS);
      at.textContent = times(climbing(whole, part));
      if (part < 1) frame = requestAnimationFrame(step);
      else done();
    });
    return () => {
      cancelAnimationFrame(frame);
      done();
    };
  }, [round]);
  useEffect(() => void (point === null && (first.current = false)), []);
  return node;
}

/** @param {{store: RoomStore}} props */
function Point({ store }) {
  const last = lastPoint(store);
  const node = useClimbing(last?.point ?? null, last?.round ?? "");
  const arrived = useRef(last?.round);
  useEffect(() => {
    if (last && last.round !== arrived.current) announce(t.drawn(last.point));
    arrived.current = last?.round;
  }, [last?.round]);
  const tone = last?.won === true ? "win" : last?.won === false ? "loss" : "";
  const words = last?.won === true ? t.won : last?.won === false ? t.lost : "";
  const signs = last ? multiplier(last.point).length : 1;
  return html`<div class="limbo-point" data-testid="point" data-round=${last?.round}>
    <p class=${`limbo-number number ${tone}`} style=${{ "--signs": signs }} ref=${node} aria-hidden="true"></p>
    <p class=${`limbo-word ${tone}`}>${last ? words : t.waiting}</p>
    <span class="visually-hidden">${last && t.drawn(last.point)}</span>
  </div>`;
}

/** @param {{store: RoomStore, choice: Choice}} props */
function Line({ store, choice }) {
  const [target, last] = [choice.target.value, lastPoint(store)];
  const place = placeOf(target);
  const tone = last?.won === false ? "loss" : last?.won ? "win" : "";
  return html`<div class="limbo-line" style=${{ "--split": place }}>
    <div class="limbo-lane" aria-hidden="true">
      ${
        last &&
        html`<span class=${`limbo-marker ${tone}`} style=${{ "--at": placeOf(Math.round(last.point * 100)) }}></span>`
      }
    </div>
    <input type="range" min="0" max=${PLACES - 1} value=${Math.round(place * PLACES)} aria-label=${t.slider}
      aria-valuetext=${t.aims(target / 100)}
      onInput=${(/** @type {any} */ event) => {
        choice.aim(targetAt(Number(event.target.value) / PLACES));
        event.target.value = Math.round(placeOf(choice.target.peek()) * PLACES);
      }} />
    <div class="limbo-scale dim small number" aria-hidden="true">
      ${MARKS.map((mark) => html`<span key=${mark} style=${{ "--at": placeOf(mark * 100) }}>${mark}×</span>`)}
    </div>
  </div>`;
}

/**
 * A number that can be typed; what is wrong with it is said below it, and only good ones count.
 * @param {{id: string, label: string, unit: string, shown: string, bad: string, take: (typed: number) => boolean}} props
 */
function NumberField({ id, label, unit, shown, bad, take }) {
  const typed = useSignal(/** @type {string | null} */ (null));
  const wrong = useSignal(false);
  const read = (/** @type {any} */ event) => {
    typed.value = event.target.value;
    const bare = event.target.value.trim().replace(",", ".").replace(/[×x%]$/, "");
    wrong.value = !/^\d+(\.\d*)?$/.test(bare) || !take(Number(bare));
  };
  const leave = () => {
    typed.value = null;
    wrong.value = false;
  };
  return html`<div class="field">
    <label for=${id}>${label} <span class="dim">${unit}</span></label>
    <input id=${id} class="input number" inputmode="decimal" autocomplete="off" value=${typed.value ?? shown}
      aria-invalid=${wrong.value ? "true" : undefined} aria-describedby=${`${id}-error`} onInput=${read} onBlur=${leave} />
    <p id=${`${id}-error`} class="error small" hidden=${!wrong.value}>${bad}</p>
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
  return html`<div class="limbo-numbers">
    <${NumberField} id="target" label=${t.target} unit="×" shown=${(choice.target.value / 100).toFixed(2)} bad=${t.targetBad} take=${takeTarget} />
    <${NumberField} id="chance" label=${t.chance} unit="%" shown=${percent(choice.chance.value)} bad=${t.chanceBad} take=${takeChance} />
  </div>`;
}

/** @param {{store: RoomStore}} props */
export function Face({ store }) {
  const choice = choiceIn(store);
  const seated = store.you.value !== null;
  useKeys([
    { keys: ["ArrowLeft", "ArrowDown"], label: t.keys.less, run: () => choice.step(false), repeats: true },
    { keys: ["ArrowRight", "ArrowUp"], label: t.keys.more, run: () => choice.step(true), repeats: true },
  ]);
  return html`<div class="limbo-face" data-testid="limbo">
    <${Point} store=${store} />
    ${seated && html`<${Line} store=${store} choice=${choice} />`}
    ${seated && html`<${Numbers} choice=${choice} />`}
  </div>`;
}

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const [play, choice] = [playIn(store), choiceIn(store)];
  const pays = useComputed(() => (play.stake.value === null ? null : payoutOf(play.stake.value, choice.target.value)));
  const placing = play.placing.value !== null;
  const submit = () => void play.bet(choice.selection());
  const press = (/** @type {MouseEvent} */ event) => void (event.detail < 2 && submit());
  return html`<${PanelForm} store=${store} submit=${submit}>
    <${StakeField} play=${play} />
    <dl class="pays row spread">
      <dt class="dim small">${t.pays}</dt>
      <dd class="number" data-testid="pays">${pays.value === null ? "–" : chipsExact(pays.value)}</dd>
    </dl>
    <div class="panel-main">
      <button type="button" class="button primary large wide main-button" disabled=${placing || play.blocked.value !== null}
        aria-busy=${placing ? "true" : undefined} data-testid="main" data-step=${placing ? "placing" : "place"} onClick=${press}>
        ${placing ? t.drawing : t.bet}
      </button>
    </div>
    <${Trouble} play=${play} />
    <${ResultLine} play=${play} />
  <//>`;
}
