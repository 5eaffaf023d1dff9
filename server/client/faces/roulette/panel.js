/** The bet panel of roulette: chip value, own chips, and the button that places the bets. */

import { chips } from "../../format.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { MainButton } from "../../room/main_button.js";
import { PanelForm, ResultLine, StakeField, Trouble } from "../../room/panel.js";
import { texts } from "../../texts.js";
import { useNow } from "../../ui/now.js";
import { PLACES } from "./layout.js";
import { longName } from "./names.js";
import { tableIn, total } from "./table.js";

const text = texts.games.roulette.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./table.js").Table} Table */

/** What changes the laid chips. It is in the panel, or beside an upright felt. @param {{table: Table}} props */
export function Tools({ table }) {
  const busy = table.placing.value;
  return html`<div class="rl-tools">
    <button type="button" class="button" disabled=${busy || !table.canUndo.value} onClick=${() => table.undo()}>
      ${text.undo}</button>
    <button type="button" class="button" disabled=${busy || table.laid.value.size === 0} onClick=${() => table.clear()}>
      ${text.clear}</button>
    <button type="button" class="button" disabled=${busy || table.last.value.size === 0}
      onClick=${() => table.repeat()}>${text.repeat}</button>
    <button type="button" class="button rl-neighbours" aria-pressed=${table.neighbours.value ? "true" : "false"}
      title=${text.neighboursHint}
      onClick=${() => (table.neighbours.value = !table.neighbours.peek())}>
      ${text.plusMinus} <span>${text.neighbours}</span></button>
  </div>`;
}

/** @param {{table: Table}} props */
function Main({ table }) {
  const [step, laid] = [table.step.value, table.laid.value];
  const { phase, closes_at: closesAt } = table.store.view.value;
  const now = useNow(200, phase === "betting");
  const words = {
    placing: text.placing(laid.size),
    empty: table.open.value ? text.empty : text.shut,
    wait: text.wait,
    place: text.placeBets(laid.size, total(laid)),
  }[step];
  return html`<div class="panel-main">
    <${MainButton} play=${table.play} step=${step} look="primary" disabled=${step !== "place"}
      run=${() => void table.place()}>${words}<//>
    <p class="small dim number rl-time"
      aria-hidden="true">${phase === "betting" && closesAt ? text.closes(texts.units.span(closesAt - now)) : text.closed}</p>
  </div>`;
}

/** @param {{table: Table}} props */
function OwnChips({ table }) {
  const [laid, placed] = [table.laid.value, table.placed.value];
  if (laid.size + placed.size === 0) return null;
  const row =
    (/** @type {string} */ state) =>
    (/** @type {[string, number]} */ [key, amount]) =>
      html`<li key=${state + key}
        class="row spread small"><span>${longName(/** @type {any} */ (PLACES.get(key)))}</span>
      <span class="number">${chips(amount)} <span class="dim">${state}</span></span></li>`;
  return html`<details class="rl-own own-bets" data-testid="own-bets">
    <summary class="small">${text.yours(laid.size + placed.size, total(laid) + total(placed))}</summary>
    <ul class="own-bets">${[...laid].map(row(text.toPlace))}${[...placed].map(row(text.inPlay))}</ul>
  </details>`;
}

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const table = tableIn(store);
  useKeys([
    { keys: ["p"], label: text.keys.place, run: () => void table.place() },
    { keys: ["u"], label: text.keys.undo, run: () => table.undo() },
    { keys: ["c"], label: text.keys.clear, run: () => table.clear() },
    { keys: ["r"], label: text.keys.repeat, run: () => void table.repeat() },
    { keys: ["n"], label: text.keys.neighbours, run: () => (table.neighbours.value = !table.neighbours.peek()) },
  ]);
  return html`<${PanelForm} store=${store} submit=${() => void table.place()}>
    <${StakeField} play=${table.play} />
    <${Tools} table=${table} />
    <${Main} table=${table} />
    <${Trouble} play=${table.play} />
    <${OwnChips} table=${table} />
    <${ResultLine} play=${table.play} />
  <//>`;
}
