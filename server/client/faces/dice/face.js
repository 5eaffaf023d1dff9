/** Dice: a track from 0 to 100 with a target on it, and the roll that the server says. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { announce, reducedMotion } from "../../dom.js";
import { chipsExact } from "../../format.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { PanelForm, ResultLine, StakeField, Trouble } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { diceText } from "./text.js";
import { choiceIn } from "./choice.js";
import { payoutOf, targetBounds } from "./math.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./choice.js").Choice} Choice */

const t = diceText;
const ROLL_MS = 450;

/** The last roll and whether its bet won; null before the first. @param {RoomStore} store */
function lastRoll(store) {
  const [last, newest] = [store.last.value, store.history.value[0]];
  if (last && (!newest || last.round === newest.round)) {
    return { round: last.round, roll: /** @type {number} */ (last.outcome.roll), won: last.results.some((line) => line.payout > 0) };
  }
  return newest ? { round: newest.round, roll: /** @type {number} */ (newest.outcome.roll), won: null } : null;
}

/**
 * Runs a number from where it stands to the roll; without motion it is just there.
 * @param {number | null} roll
 * @param {string} round
 */
function useRolling(roll, round) {
  const node = useRef(/** @type {HTMLElement | null} */ (null));
  const first = useRef(true);
  useEffect(() => {
    const at = node.current;
    if (!at || roll === null) return undefined;
    const text = roll.toFixed(2);
    const still = first.current || reducedMotion();
    first.current = false;
    at.textContent = text;
    if (still) return undefined;
    const [from, start] = [Math.random() * 100, performance.now()];
    let frame = requestAnimationFrame(function step(now) {
      const part = Math.min(1, (now - start) / ROLL_MS);
      at.textContent = part === 1 ? text : (from + (roll - from) * (1 - (1 - part) ** 3)).toFixed(2);
      if (part < 1) frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [round]);
  return node;
}

/** @param {{store: RoomStore}} props */
function Roll({ store }) {
  const last = lastRoll(store);
  const node = useRolling(last?.roll ?? null, last?.round ?? "");
  useEffect(() => (last ? announce(t.rolled(last.roll)) : undefined), [last?.round]);
  const tone = last?.won === true ? "win" : last?.won === false ? "loss" : "";
  const words = last?.won === true ? t.won : last?.won === false ? t.lost : "";
  return html`<div class="dice-roll" data-testid="roll" data-round=${last?.round}>
    <p class=${`dice-number number ${tone}`} ref=${node} aria-hidden="true"></p>
    <p class=${`dice-word ${tone}`} key=${last?.round}>${last ? words : t.waiting}</p>
    <span class="visually-hidden">${last && t.rolled(last.roll)}</span>
  </div>`;
}

/** @param {{store: RoomStore, choice: Choice}} props */
function Track({ store, choice }) {
  const [target, over, last] = [choice.target.value, choice.over.value, lastRoll(store)];
  const { least, most } = targetBounds(over);
  return html`<div class=${`dice-track ${over ? "over" : "under"}`} style=${{ "--split": target / 10_000 }}>
    <div class="dice-marker-lane" aria-hidden="true">
      ${
        last &&
        html`<span class=${`dice-marker number ${last.won === false ? "loss" : last.won ? "win" : ""}`}
          style=${{ "--at": last.roll / 100 }}><b>${last.roll.toFixed(2)}</b></span>`
      }
    </div>
    <input type="range" min="0" max="10000" value=${target} aria-label=${t.slider} aria-valuetext=${`${over ? t.over : t.under} ${(target / 100).toFixed(2)}`}
      onInput=${(/** @type {any} */ event) => {
        choice.aim(Math.min(Math.max(Number(event.target.value), least), most));
        event.target.value = choice.target.peek();
      }} />
    <div class="dice-scale dim small number" aria-hidden="true">
      ${[0, 25, 50, 75, 100].map((mark) => html`<span key=${mark}>${mark}</span>`)}
    </div>
  </div>`;
}

/**
 * A number that can be typed; what is wrong with it is said below it, and only good ones count.
 * @param {{id: string, label: string, shown: string, bad: string, parse: (typed: number) => boolean, unit?: string}} props
 */
function NumberField({ id, label, shown, bad, parse, unit }) {
  const typed = useSignal(/** @type {string | null} */ (null));
  const wrong = useSignal(false);
  const take = (/** @type {any} */ event) => {
    typed.value = event.target.value;
    const text = event.target.value.trim().replace(",", ".").replace(/[×x%]$/, "");
    wrong.value = !/^\d+(\.\d*)?$/.test(text) || !parse(Number(text));
  };
  const leave = () => {
    typed.value = null;
    wrong.value = false;
  };
  return html`<div class="field">
    <label for=${id}>${label} ${unit && html`<span class="dim">${unit}</span>`}</label>
    <input id=${id} class="input number" inputmode="decimal" autocomplete="off" value=${typed.value ?? shown}
      aria-invalid=${wrong.value ? "true" : undefined} aria-describedby=${`${id}-error`} onInput=${take} onBlur=${leave} />
    <p id=${`${id}-error`} class="error" hidden=${!wrong.value}>${bad}</p>
  </div>`;
}

/** @param {{choice: Choice}} props */
function Side({ choice }) {
  const option = (/** @type {boolean} */ over, /** @type {string} */ label) => html`<label class="side-option">
    <input type="radio" name="side" checked=${choice.over.value === over} onChange=${() => choice.side(over)} />
    <span>${label}</span>
  </label>`;
  return html`<fieldset class="side"><legend class="label">${t.side}</legend>
    <div class="side-options">${option(true, t.over)}${option(false, t.under)}</div>
  </fieldset>`;
}

/** @param {number} tenThousandths */
const shownMultiplier = (tenThousandths) => (tenThousandths / 10_000).toFixed(4);

/** @param {{choice: Choice}} props */
function Numbers({ choice }) {
  const over = choice.over.value;
  const { least, most } = targetBounds(over);
  const bounds = t.targetBad((least / 100).toFixed(2), (most / 100).toFixed(2));
  const chance = choice.chance.value * 100;
  const accept = (/** @type {boolean} */ good, /** @type {() => void} */ run) => (good && run(), good);
  return html`<div class="dice-numbers">
    <${NumberField} id="target" label=${t.target} shown=${(choice.target.value / 100).toFixed(2)} bad=${bounds}
      parse=${(/** @type {number} */ value) => {
        const hundredths = Math.round(value * 100);
        return accept(hundredths >= least && hundredths <= most, () => choice.aim(hundredths));
      }} />
    <${NumberField} id="multiplier" label=${t.multiplier} unit="×" shown=${shownMultiplier(choice.multiplier.value)} bad=${t.multiplierBad}
      parse=${(/** @type {number} */ value) => accept(value > 1 && value <= 9901, () => choice.aimAtMultiplier(value))} />
    <${NumberField} id="chance" label=${t.chance} unit="%" shown=${chance.toFixed(2)} bad=${t.chanceBad}
      parse=${(/** @type {number} */ value) => accept(value >= 0.01 && value <= 99, () => choice.aimAtChance(value / 100))} />
  </div>`;
}

/** @param {{store: RoomStore}} props */
export function Face({ store }) {
  const choice = choiceIn(store);
  const aim = (/** @type {number} */ by) => () => choice.aim(choice.target.peek() + by);
  useKeys([
    { keys: ["ArrowLeft", "ArrowDown"], label: t.keys.less, run: aim(-100), repeats: true },
    { keys: ["ArrowRight", "ArrowUp"], label: t.keys.more, run: aim(100), repeats: true },
    { keys: ["o"], label: t.keys.over, run: () => choice.side(true) },
    { keys: ["u"], label: t.keys.under, run: () => choice.side(false) },
  ]);
  return html`<div class="dice-face" data-testid="dice">
    <${Roll} store=${store} />
    <${Track} store=${store} choice=${choice} />
    ${store.you.value && html`<${Numbers} choice=${choice} />`}
  </div>`;
}

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const [play, choice] = [playIn(store), choiceIn(store)];
  const pays = useComputed(() => (play.stake.value === null ? null : payoutOf(play.stake.value, choice.multiplier.value)));
  const placing = play.placing.value !== null;
  const submit = () => void play.bet(choice.selection());
  const press = (/** @type {MouseEvent} */ event) => void (event.detail < 2 && submit());
  return html`<${PanelForm} store=${store} submit=${submit}>
    <${StakeField} play=${play} />
    <${Side} choice=${choice} />
    <dl class="pays row spread">
      <dt class="dim small">${t.pays}</dt>
      <dd class="number" data-testid="pays">${pays.value === null ? "–" : chipsExact(pays.value)}</dd>
    </dl>
    <div class="panel-main">
      <button type="button" class="button primary large wide main-button" disabled=${placing || play.blocked.value !== null}
        aria-busy=${placing ? "true" : undefined} data-testid="main" data-step=${placing ? "placing" : "place"} onClick=${press}>
        ${placing ? t.rolling : t.roll}
      </button>
    </div>
    <${Trouble} play=${play} />
    <${ResultLine} play=${play} />
  <//>`;
}
