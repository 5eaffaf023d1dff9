/** The bet panel of the plain face: stake, the selection's fields, and the moves that the round offers. */

import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../../html.js";
import { gameInfo } from "../../room/game_info.js";
import { PlaceButton } from "../../room/main_button.js";
import { PanelForm, ResultLine, StakeField, Trouble } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { roomText } from "../../room_text.js";
import { ActionButton } from "../../ui/action_button.js";
import { fieldsOf, movesOf, valuesOf } from "./schema.js";
import { words } from "./tile.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./schema.js").Field} Field */
/** @typedef {import("@preact/signals").Signal<Record<string, any>>} Typed */

const t = roomText.plain;

/** @param {{field: Field, typed: Typed, prefix: string}} props */
function SchemaField({ field, typed, prefix }) {
  const id = `${prefix}-${field.name}`;
  const value = typed.value[field.name] ?? field.start;
  const set = (/** @type {any} */ next) => (typed.value = { ...typed.peek(), [field.name]: next });
  const take = (/** @type {any} */ event) => set(field.kind === "boolean" ? event.target.checked : event.target.value);
  if (field.kind === "boolean") {
    return html`<label class="row"><input type="checkbox" checked=${value} onChange=${take}
      /> ${words(field.name)}</label>`;
  }
  const hint = field.kind === "list" ? t.list : field.min !== undefined && `${field.min} – ${field.max ?? "…"}`;
  return html`<div class="field">
    <label for=${id}>${words(field.name)}</label>
    ${
      field.kind === "choice"
        ? html`<select id=${id} class="input" value=${String(value)} onChange=${take}>
            ${field.choices?.map(
              (choice) => html`<option key=${choice} value=${String(choice)}>
              ${words(String(choice))}</option>`,
            )}
          </select>`
        : html`<input id=${id} class="input number" autocomplete="off" value=${value} onInput=${take}
            inputmode=${field.kind === "number" || field.kind === "integer" ? "decimal" : "text"} />`
    }
    ${hint && html`<p class="hint">${hint}</p>`}
  </div>`;
}

/**
 * A move that the round offers, with the current bounds of its fields.
 * @param {{
 *   play: import("../../room/play.js").Play,
 *   move: import("./schema.js").Move,
 *   bounds: Record<string, any>,
 * }} props
 */
function MoveForm({ play, move, bounds }) {
  const typed = useSignal(/** @type {Record<string, any>} */ ({}));
  const fields = move.fields
    .filter((field) => field.name !== "bet")
    .map((field) => withBounds(field, bounds[field.name]));
  const send = () => void play.act(move.name, valuesOf(fields, typed.peek()));
  return html`<div class="stack" data-testid=${`move-${move.name}`}>
    ${fields.map(
      (field) => html`<${SchemaField} key=${field.name} field=${field} typed=${typed} prefix=${move.name} />`,
    )}
    <${ActionButton} class="button wide" guard=${play.guard} run=${send}
      disabled=${play.acting.value || play.cannotAct.value !== null}>${words(move.name)}<//>
  </div>`;
}

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

/** @param {string} game */
export function panelOf(game) {
  const info = signal(/** @type {any} */ (null));
  return (/** @type {{store: RoomStore}} */ { store }) => {
    const play = playIn(store);
    const typed = useSignal(/** @type {Record<string, any>} */ ({}));
    useEffect(() => void gameInfo(game).then((found) => (info.value = found)), []);
    const fields = fieldsOf(info.value?.selection);
    const submit = () => void play.bet(valuesOf(fields, typed.peek()));
    const { actions = {}, stake } = store.view.value;
    const offered = movesOf(info.value?.action ?? null).filter((move) => move.name in actions);
    return html`<${PanelForm} store=${store} submit=${submit}>
      <${StakeField} play=${play} />
      ${stake && html`<p class="hint number">${t.stakes(stake.minimum, stake.maximum)}</p>`}
      ${fields.map(
        (field) => html`<${SchemaField} key=${field.name} field=${field} typed=${typed} prefix="selection" />`,
      )}
      <div class="panel-main plain-main"><${PlaceButton} play=${play} submit=${submit} words=${t.bet}
        placing=${roomText.bet.placing} /></div>
      ${offered.map(
        (move) => html`<${MoveForm} key=${move.name} play=${play} move=${move} bounds=${actions[move.name]} />`,
      )}
      <${Trouble} play=${play} />
      <${ResultLine} play=${play} />
    <//>`;
  };
}
