/** The plain face: plays any game, drawn from the game's own schema. */

import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { gameInfo } from "../room/game_info.js";
import { PanelForm, PlaceButton, ResultLine, StakeField, Trouble } from "../room/panel.js";
import { playIn } from "../room/play.js";
import { roomText } from "../room_text.js";
import { useNow } from "../ui/now.js";
import { plainTile, shown, words } from "./plain_tile.js";
import { fieldsOf, movesOf, valuesOf } from "./schema.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./schema.js").Field} Field */
/** @typedef {import("@preact/signals").Signal<Record<string, any>>} Typed */

const t = roomText.plain;

/** Nothing that would have to be told. @param {any} value */
const empty = (value) => value === null || (Array.isArray(value) && value.length === 0);

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

/** What a view has for the panel, or what is told in other words. */
const NOT_SHOWN = new Set(["phase", "actions", "stake", "closes_at"]);
/** These events leave a game's view as it is. */
const BESIDE = new Set(["tick", "chat", "spectators", "player_joined", "player_left", "player_away", "player_back"]);
const REFRESH_MS = 150;

/** Keep the view up: after each event the room is asked for it, once for those that come together. @param {RoomStore} store */
function useFreshView(store) {
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const ask = () => {
      timer = undefined;
      store.refresh().catch(() => undefined); // without a connection there is a snapshot when it is back
    };
    const stop = store.onEvent((event) => {
      if (!BESIDE.has(event.type)) timer ??= setTimeout(ask, REFRESH_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store]);
}

/** The phase, and how long bets are still taken. @param {{view: Record<string, any>, store: RoomStore}} props */
function Phase({ view, store }) {
  useNow(200, view.closes_at != null);
  const left = view.closes_at == null ? null : Math.max(0, view.closes_at - store.now());
  return html`<p class="plain-phase" data-testid="phase" data-phase=${view.phase}>
    ${words(view.phase ?? "")}
    ${left !== null && html` <span class="number dim">${t.left(Math.ceil(left / 1000))}</span>`}
  </p>`;
}

/** @param {{store: RoomStore}} props */
function Face({ store }) {
  useFreshView(store);
  const view = store.view.value;
  const facts = Object.entries(view).filter(([name, value]) => !NOT_SHOWN.has(name) && !empty(value));
  const last = store.last.value;
  return html`<div class="plain-face" data-testid="plain">
    <${Phase} view=${view} store=${store} />
    ${last && html`<p class="plain-last number"><span class="dim small">${t.last}</span> ${shown(last.outcome)}</p>`}
    <dl class="facts">
      ${facts.map(([name, value]) => html`<dt key=${name}>${words(name)}</dt><dd class="number">${shown(value)}</dd>`)}
    </dl>
  </div>`;
}

/** A move that is offered now; its fields have the bounds that count now. @param {{play: import("../room/play.js").Play, move: import("./schema.js").Move, bounds: Record<string, any>}} props */
function MoveForm({ play, move, bounds }) {
  const typed = useSignal(/** @type {Record<string, any>} */ ({}));
  const fields = move.fields
    .filter((field) => field.name !== "bet")
    .map((field) => withBounds(field, bounds[field.name]));
  const send = () => void play.act(move.name, valuesOf(fields, typed.peek()));
  return html`<div class="stack" data-testid=${`move-${move.name}`}>
    ${fields.map((field) => html`<${SchemaField} key=${field.name} field=${field} typed=${typed} prefix=${move.name} />`)}
    <button type="button" class="button wide" disabled=${play.acting.value || play.blocked.value !== null}
      onClick=${send}>
      ${words(move.name)}
    </button>
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
function panelOf(game) {
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
      ${fields.map((field) => html`<${SchemaField} key=${field.name} field=${field} typed=${typed} prefix="selection" />`)}
      <div class="panel-main plain-main"><${PlaceButton} play=${play} submit=${submit} words=${t.bet}
        placing=${roomText.bet.placing} /></div>
      ${offered.map((move) => html`<${MoveForm} key=${move.name} play=${play} move=${move} bounds=${actions[move.name]} />`)}
      <${Trouble} play=${play} />
      <${ResultLine} play=${play} />
    <//>`;
  };
}

/** @param {string} game @returns {import("../shapes.d.ts").Face} */
export const plainFace = (game) => ({ ...plainTile(game), Face, BetPanel: panelOf(game) });
