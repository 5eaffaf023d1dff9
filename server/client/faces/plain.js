/** The plain face: plays any game, drawn from the game's own schema. */

import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { gameInfo } from "../room/game_info.js";
import { PanelForm, ResultLine, StakeField, Trouble } from "../room/panel.js";
import { playIn } from "../room/play.js";
import { roomText } from "../text_room.js";
import { fieldsOf, movesOf, valuesOf } from "./schema.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./schema.js").Field} Field */
/** @typedef {import("@preact/signals").Signal<Record<string, any>>} Typed */

const t = roomText.plain;

/** `auto_cashout` as a label. @param {string} name */
const words = (name) => name.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

/** @param {any} value @returns {string} */
function shown(value) {
  if (Array.isArray(value)) return value.map(shown).join(", ");
  if (value && typeof value === "object") return Object.entries(value).map(([name, inner]) => `${words(name)} ${shown(inner)}`).join(", ");
  return String(value ?? "–");
}

/** @param {{field: Field, typed: Typed, prefix: string}} props */
function SchemaField({ field, typed, prefix }) {
  const id = `${prefix}-${field.name}`;
  const value = typed.value[field.name] ?? field.start;
  const set = (/** @type {any} */ next) => (typed.value = { ...typed.peek(), [field.name]: next });
  const take = (/** @type {any} */ event) => set(field.kind === "boolean" ? event.target.checked : event.target.value);
  if (field.kind === "boolean") {
    return html`<label class="row"><input type="checkbox" checked=${value} onChange=${take} /> ${words(field.name)}</label>`;
  }
  const hint = field.kind === "list" ? t.list : field.min !== undefined && `${field.min} – ${field.max ?? "…"}`;
  return html`<div class="field">
    <label for=${id}>${words(field.name)}</label>
    ${
      field.kind === "choice"
        ? html`<select id=${id} class="input" value=${String(value)} onChange=${take}>
            ${field.choices?.map((choice) => html`<option key=${choice} value=${String(choice)}>${words(String(choice))}</option>`)}
          </select>`
        : html`<input id=${id} class="input number" autocomplete="off" value=${value} onInput=${take}
            inputmode=${field.kind === "number" || field.kind === "integer" ? "decimal" : "text"} />`
    }
    ${hint && html`<p class="hint">${hint}</p>`}
  </div>`;
}

/** @param {{store: RoomStore}} props */
function Face({ store }) {
  const view = Object.entries(store.view.value);
  const last = store.last.value;
  return html`<div class="plain-face" data-testid="plain">
    ${last && html`<p class="plain-last number">${shown(last.outcome)}</p>`}
    <dl class="facts">
      ${view.map(([name, value]) => html`<dt key=${name}>${words(name)}</dt><dd class="number">${shown(value)}</dd>`)}
    </dl>
    ${view.length === 0 && html`<p class="dim">${t.nothing}</p>`}
  </div>`;
}

/** @param {{play: import("../room/play.js").Play, move: import("./schema.js").Move}} props */
function MoveForm({ play, move }) {
  const typed = useSignal(/** @type {Record<string, any>} */ ({}));
  const fields = move.fields.filter((field) => field.name !== "bet");
  const send = () => void play.act(move.name, valuesOf(fields, typed.peek()));
  return html`<div class="stack">
    ${fields.map((field) => html`<${SchemaField} key=${field.name} field=${field} typed=${typed} prefix=${move.name} />`)}
    <button type="button" class="button wide" disabled=${play.acting.value || play.blocked.value !== null} onClick=${send}>
      ${words(move.name)}
    </button>
  </div>`;
}

/** @param {string} game */
function panelOf(game) {
  const info = signal(/** @type {any} */ (null));
  return (/** @type {{store: RoomStore}} */ { store }) => {
    const play = playIn(store);
    const typed = useSignal(/** @type {Record<string, any>} */ ({}));
    useEffect(() => void gameInfo(game).then((found) => (info.value = found)), []);
    const fields = fieldsOf(info.value?.selection);
    const submit = () => void play.bet(valuesOf(fields, typed.peek()));
    const placing = play.placing.value !== null;
    return html`<${PanelForm} store=${store} submit=${submit}>
      <${StakeField} play=${play} />
      ${fields.map((field) => html`<${SchemaField} key=${field.name} field=${field} typed=${typed} prefix="selection" />`)}
      <div class="panel-main">
        <button type="button" class="button primary large wide main-button" data-testid="main" disabled=${placing || play.blocked.value !== null}
          onClick=${(/** @type {MouseEvent} */ event) => void (event.detail < 2 && submit())}>
          ${placing ? roomText.bet.placing : t.bet}
        </button>
      </div>
      ${movesOf(info.value?.action ?? null).map((move) => html`<${MoveForm} key=${move.name} play=${play} move=${move} />`)}
      <${Trouble} play=${play} />
      <${ResultLine} play=${play} />
    <//>`;
  };
}

/** @param {string} game @returns {import("../shapes.d.ts").Face} */
export function plainFace(game) {
  return {
    title: words(game),
    Face,
    BetPanel: panelOf(game),
    resultText: (outcome) => ({ text: shown(Object.values(outcome)[0]), tone: "plain" }),
  };
}
