/** The bet panel of the plain face: stake, the selection's fields, and the moves that the round offers. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { chips, number, plainChips, plainNumber } from "../../format.js";
import { html } from "../../html.js";
import { gameInfo } from "../../room/game_info.js";
import { MainButton, stepOf } from "../../room/main_button.js";
import { OneOf, PanelForm, ResultLine, StakeField, Trouble, usePlacesQueued } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { texts } from "../../texts.js";
import { ActionButton } from "../../ui/action_button.js";
import { Reading, twoReadings } from "../../ui/reading.js";
import { fieldsOf, isValid, movesOf, valuesOf } from "./schema.js";
import { isEmpty, said, words } from "./tile.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../../room/play.js").Play} Play */
/** @typedef {import("../../http.d.ts").GameView} GameView */
/** @typedef {import("./schema.js").Field} Field */
/** @typedef {import("@preact/signals").Signal<Record<string, any>>} Typed */

const [t, b] = [texts.room.plain, texts.room.bet];
/** So many choices stand side by side; more are in a list. */
const SIDE_BY_SIDE = 4;

/** What a field takes, in words; empty if there is nothing to say. @param {Field} field */
function hintOf({ kind, min, max, money }) {
  if (kind === "list") return t.list;
  if (min === undefined) return "";
  const [least, most] = [min, max].map((each) => (each === undefined ? "" : money ? chips(each) : number(each)));
  return max === undefined ? t.atLeast(least) : t.between(least, most);
}

/** What stands in a field at first. @param {Field} field */
const written = ({ money, start }) =>
  typeof start === "number" ? (money ? plainChips(start) : plainNumber(start)) : start;

/** @param {{field: Field, typed: Typed, prefix: string}} props */
function SchemaField({ field, typed, prefix }) {
  const id = `${prefix}-${field.name}`;
  const value = typed.value[field.name] ?? written(field);
  const set = (/** @type {any} */ next) => (typed.value = { ...typed.peek(), [field.name]: next });
  const take = (/** @type {any} */ event) => set(field.kind === "boolean" ? event.target.checked : event.target.value);
  if (field.kind === "boolean") {
    return html`<label class="row"><input type="checkbox" checked=${value} onChange=${take}
      /> ${words(field.name)}</label>`;
  }
  const choices = (field.choices ?? []).map((choice) => [String(choice), words(String(choice))]);
  if (field.kind === "choice" && field.required && choices.length <= SIDE_BY_SIDE)
    return html`<${OneOf} name=${id} legend=${words(field.name)} options=${choices} chosen=${String(value)} choose=${set} />`;
  const isNumber = field.kind === "number" || field.kind === "integer";
  const hint = hintOf(field);
  const wrong = value !== "" && !isValid(field, value);
  return html`<div class="field">
    <label for=${id}>${words(field.name)} <span id=${`${id}-hint`} class=${wrong ? "loss" : "dim"}>
      ${hint} ${field.money && t.chips}</span></label>
    ${
      field.kind === "choice"
        ? html`<select id=${id} class="input" value=${String(value)} onChange=${take}>
            ${!field.required && html`<option value=""></option>`}
            ${choices.map(([choice, name]) => html`<option key=${choice} value=${choice}>${name}</option>`)}
          </select>`
        : html`<input id=${id} class="input number" autocomplete="off" value=${value} onInput=${take}
            aria-invalid=${wrong ? "true" : undefined} aria-describedby=${`${id}-hint ${id}-read`}
            data-two-readings=${isNumber ? twoReadings(String(value)) : undefined}
            onBlur=${() => field.money && isValid(field, value) && set(plainChips(valuesOf([field], typed.peek())[field.name]))}
            inputmode=${isNumber ? "decimal" : "text"} />`
    }
    ${isNumber && html`<${Reading} id=${`${id}-read`} typed=${String(value)} unit=${field.money ? "chips" : ""} />`}
  </div>`;
}

/**
 * A move that the round offers, with the current bounds of its fields.
 * @param {{play: Play, move: import("./schema.js").Move, bounds: Record<string, any>}} props
 */
function MoveForm({ play, move, bounds }) {
  const typed = useSignal(/** @type {Record<string, any>} */ ({}));
  const fields = inputsOf(move).map((field) => withBounds(field, bounds[field.name]));
  const ready = fields.every((field) => isValid(field, typed.value[field.name] ?? field.start));
  const send = () => void play.act(move.name, valuesOf(fields, typed.peek()));
  return html`<div class=${fields.length > 0 ? "plain-move plain-wide" : ""} data-testid=${`move-${move.name}`}>
    ${fields.map(
      (field) => html`<${SchemaField} key=${field.name} field=${field} typed=${typed} prefix=${move.name} />`,
    )}
    <${ActionButton} class="button large wide" guard=${play.guard} run=${send}
      disabled=${!ready || play.acting.value || play.cannotAct.value !== null}>${words(move.name)}<//>
  </div>`;
}

/** What a player fills in for a move. The room knows the bet. @param {import("./schema.js").Move} move */
const inputsOf = (move) => move.fields.filter((field) => field.name !== "bet");

/** @param {Field} field @param {{minimum?: number, maximum?: number} | undefined} bounds @returns {Field} */
function withBounds(field, bounds) {
  if (!bounds) return field;
  return {
    ...field,
    min: bounds.minimum ?? field.min,
    max: bounds.maximum ?? field.max,
    start: bounds.minimum ?? field.start,
  };
}

/**
 * What the main button does next.
 * @param {Play} play @param {GameView | null} info
 * @param {boolean} bounded whether the game gives bounds for the next bet. A player with a bet and no bounds is done.
 */
function plainStep(play, info, bounded) {
  const { view, round } = play.store;
  const step = stepOf(play);
  if (step === "place") {
    const full = play.fullIn.value === round.value?.round;
    const done = play.mine.value.length > 0 && !view.value.stake && (bounded || !info?.shared);
    return full || done ? "full" : step;
  }
  return step === "queue" && !info?.shared ? "wait" : step;
}

/** The stake, or how much it is where there is no choice. @param {{play: Play, selection?: object}} props */
function Stake({ play, selection }) {
  const { stake } = play.store.view.value;
  useEffect(() => {
    const typed = play.stake.peek();
    if (!stake || (typed !== null && typed >= stake.minimum && typed <= stake.maximum)) return;
    play.typed.value = plainChips(Math.min(Math.max(typed ?? 0, stake.minimum), stake.maximum));
  }, [stake?.minimum, stake?.maximum]);
  if (stake && stake.minimum === stake.maximum)
    return html`<p class="plain-wide" data-testid="fixed-stake">${t.fixed(stake.minimum)}
      <span class="loss small">${play.stakeError.value}</span></p>`;
  return html`<${StakeField} play=${play} selection=${selection} />
    ${stake && html`<p class="hint number plain-wide">${t.stakes(stake.minimum, stake.maximum)}</p>`}`;
}

/** The player's bets in this round. @param {{play: Play}} props */
function Mine({ play }) {
  if (play.mine.value.length === 0) return null;
  return html`<ul class="plain-mine small" aria-label=${b.mine} data-testid="own-bets">
    ${play.mine.value.map(
      ({ bet, amount, selection }) => html`<li key=${bet}><span class="number">${t.placed(amount)}</span> <span
        class="dim">${isEmpty(selection) ? "" : `· ${said("", selection)}`}</span></li>`,
    )}
  </ul>`;
}

/** @param {string} game */
export function panelOf(game) {
  return (/** @type {{store: RoomStore}} */ { store }) => {
    const play = playIn(store);
    const info = useSignal(/** @type {GameView | null} */ (null));
    const typed = useSignal(/** @type {Record<string, any>} */ ({}));
    useEffect(() => void gameInfo(game).then((found) => (info.value = found)), []);
    usePlacesQueued(play);
    const fields = fieldsOf(info.value?.selection);
    const ready = fields.every((field) => isValid(field, typed.value[field.name] ?? field.start));
    const bounded = useRef(false);
    bounded.current ||= Boolean(store.view.value.stake);
    const step = plainStep(play, info.value, bounded.current);
    const submit = () => {
      const now = plainStep(play, info.peek(), bounded.current);
      const selection = valuesOf(fields, typed.peek());
      if (!ready) return;
      if (now === "place") void play.bet(selection);
      else if (now === "queue") play.queue(selection);
    };
    const { actions = {}, phase } = store.view.value;
    const offered = movesOf(info.value?.action ?? null).filter((move) => move.name in actions);
    const moving = offered.length > 0 && phase !== "betting";
    const label = {
      placing: b.placing,
      place: b.place,
      queue: b.next,
      queued: b.queued(play.queued.value?.amount ?? 0),
      full: t.full,
      wait: t.wait,
    }[step];
    const idle = step === "full" || step === "wait";
    return html`<${PanelForm} store=${store} submit=${submit}>
      ${!moving && !idle && html`<${Stake} play=${play} selection=${ready ? valuesOf(fields, typed.value) : undefined} />`}
      ${
        !moving &&
        !idle &&
        fields.map(
          (field) => html`<${SchemaField} key=${field.name} field=${field} typed=${typed} prefix="selection" />`,
        )
      }
      ${
        !moving &&
        html`<div class="panel-main plain-main"><${MainButton} play=${play} step=${step} run=${submit}
        disabled=${idle || !ready || play.stakeError.value !== null}>${label}<//></div>`
      }
      ${
        offered.length > 0 &&
        html`<div class="moves" role="group" aria-label=${t.moves}>${offered
          .toSorted((one, other) => inputsOf(one).length - inputsOf(other).length)
          .map(
            (move) => html`<${MoveForm} key=${move.name} play=${play} move=${move} bounds=${actions[move.name]} />`,
          )}</div>`
      }
      <${Mine} play=${play} />
      <${Trouble} play=${play} />
      <${ResultLine} play=${play} />
    <//>`;
  };
}
