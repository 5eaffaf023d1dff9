/**
 * The felt: a button for each of the 157 places, and the chips on them. The pointer puts a chip on a field, an edge or
 * a corner; the arrow keys move from place to place.
 */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { announce } from "../../dom.js";
import { compact } from "../../format.js";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { texts } from "../../texts.js";
import { BREADTH, FIELDS, LENGTH, PLACES, placeAt, placeBeside } from "./layout.js";
import { longName, nameWithPays } from "./names.js";
import { colourOf } from "./pockets.js";
import { chipsOf } from "./table.js";

const text = texts.games.roulette.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./layout.js").Place} Place */
/** @typedef {import("./table.js").Table} Table */
/** @typedef {import("./table.js").Chips} Chips */

const ON_LINES = [...PLACES.values()].filter((place) => !place.field);

/** The label of a field. @param {Place} place */
function written({ kind, numbers }) {
  if (kind === "straight") return String(numbers[0]);
  if (kind === "column") return text.columns;
  if (kind === "dozen") return text.dozens[(numbers[0] - 1) / 12];
  return text.evenChances[kind];
}

/** The accessible name of a field, which includes its label. @param {Place} place */
const spoken = (place) =>
  place.kind === "dozen" || place.kind === "column" ? `${written(place)}, ${nameWithPays(place)}` : nameWithPays(place);

/** @param {Place} place */
function classOf({ kind, numbers }) {
  if (kind === "straight") return `rl-number ${colourOf(numbers[0])}`;
  return kind === "red" || kind === "black" ? `rl-outside ${kind}` : "rl-outside";
}

/** The position of a box as CSS variables. @param {{x: number, y: number, width?: number, height?: number}} box */
const at = ({ x, y, width = 0, height = 0 }) => ({ "--x": x, "--y": y, "--w": width, "--h": height });

/** @param {{chips: Chips, look: string}} props */
function Chips({ chips, look }) {
  return [...chips].map(([key, amount]) => {
    const place = /** @type {Place} */ (PLACES.get(key));
    return html`<span key=${key} class=${`rl-chip ${look}`} style=${at(place)}
      data-part=${look.startsWith("others") ? undefined : "own"} data-field=${place.field ? place.kind : undefined} data-chip=${key} aria-hidden="true">
      ${compact(amount / 100)}</span>`;
  });
}

/** The chips of the ended round while it lingers. @param {{store: RoomStore, ended: boolean}} props */
function Settled({ store, ended }) {
  const [bets, me] = [store.view.value.settled ?? [], store.you.value?.player];
  const part = (/** @type {boolean} */ own, /** @type {boolean} */ won) =>
    chipsOf(bets.filter((/** @type {any} */ bet) => (bet.player === me) === own && bet.payout > 0 === won));
  return html`${[true, false].map((own) =>
    [false, true].map(
      (won) =>
        html`<${Chips} chips=${part(own, won)}
          look=${`${own ? "own" : "others"} ${ended ? (won ? "won" : "lost") : ""}`} />`,
    ),
  )}`;
}

/** The chips on a place, in words. @param {Table} table @param {string} key */
function lying(table, key) {
  const [laid, placed, others] = [table.laid.value.get(key), table.placed.value.get(key), table.others.value.get(key)];
  return [laid && text.laid(laid), placed && text.placed(placed), others && text.others(others)].filter(Boolean);
}

/** Put down a chip and announce it. @param {Table} table @param {Place} place */
function lay(table, place) {
  if (table.lay(place)) announce(text.lies(longName(place), table.laid.peek().get(place.key) ?? 0));
}

/**
 * The place on the felt under the pointer.
 * @param {HTMLElement} felt
 * @param {MouseEvent} event
 * @param {boolean} upright
 */
function pointedAt(felt, event, upright) {
  const box = felt.getBoundingClientRect();
  const [across, down] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  return upright ? placeAt(down * LENGTH, (1 - across) * BREADTH) : placeAt(across * LENGTH, down * BREADTH);
}

/** @param {KeyboardEvent} event @param {boolean} upright @returns {[number, number] | null} */
function direction({ key }, upright) {
  const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!arrow) return null;
  return upright ? [arrow[1], -arrow[0] || 0] : [arrow[0], arrow[1]];
}

/** @param {{table: Table, hot: ReadonlySet<number>, pocket: number | null, seated: boolean}} props */
function Buttons({ table, hot, pocket, seated }) {
  const cursor = table.cursor.value;
  const button = (
    /** @type {Place} */ place,
    /** @type {string} */ look,
  ) => html`<button type="button" key=${place.key} class=${look}
    style=${at(place.field ?? place)} disabled=${!seated} tabindex=${place.key === cursor ? 0 : -1}
    data-place=${place.key} aria-label=${[spoken(place), ...lying(table, place.key)].join(", ")}
    onFocus=${() => (table.cursor.value = place.key)}>${place.field && html`<span>${written(place)}</span>`}</button>`;
  return html`
    ${FIELDS.map((place) => {
      const number = place.kind === "straight" ? place.numbers[0] : -1;
      return button(
        place,
        `rl-field ${classOf(place)} ${hot.has(number) ? "hot" : ""} ${number === pocket ? "hit" : ""}`,
      );
    })}
    ${seated && ON_LINES.map((place) => button(place, "rl-line"))}`;
}

/** @param {{store: RoomStore, table: Table, ball: import("./wheel.js").Ball, upright: boolean}} props */
export function Felt({ store, table, ball, upright }) {
  const felt = useRef(/** @type {HTMLElement | null} */ (null));
  const pointed = useSignal(/** @type {string | null} */ (null));
  const focused = useSignal(false);
  const seated = store.you.value !== null;
  const hot = useComputed(
    () => PLACES.get(pointed.value ?? (focused.value ? table.cursor.value : ""))?.covers ?? new Set(),
  );
  const focus = () =>
    /** @type {HTMLElement | null} */ (felt.current?.querySelector(`[data-place="${table.cursor.peek()}"]`))?.focus();
  useEffect(() => {
    if (!seated) pointed.value = null;
  }, [seated]);
  const layAtCursor = () => void (seated && lay(table, /** @type {Place} */ (PLACES.get(table.cursor.peek()))));
  useKeys([
    { keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], label: text.keys.move, run: focus, repeats: true },
    { keys: [" "], label: text.keys.lay, run: layAtCursor },
  ]);
  const onPointerMove = (/** @type {PointerEvent} */ event) => {
    if (seated && felt.current && event.pointerType === "mouse")
      pointed.value = pointedAt(felt.current, event, upright)?.key ?? null;
  };
  const onClick = (/** @type {MouseEvent} */ event) => {
    const key = /** @type {HTMLElement} */ (event.target).dataset.place;
    const place = key ? PLACES.get(key) : felt.current && pointedAt(felt.current, event, upright);
    if (seated && place) lay(table, place);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const way = direction(event, upright);
    if (way) {
      event.preventDefault();
      table.cursor.value = placeBeside(/** @type {Place} */ (PLACES.get(table.cursor.peek())), ...way).key;
      focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (!event.repeat) layAtCursor();
    }
  };
  const shown = ball.stage === "falls" || ball.stage === "lies";
  return html`<div class=${`rl-felt ${seated ? "seated" : ""}`} ref=${felt} role="group" aria-label=${text.felt}
    data-part="board" data-testid="felt"
    onClick=${onClick} onKeyDown=${onKeyDown} onPointerMove=${onPointerMove}
    onPointerLeave=${() => (pointed.value = null)}
    onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()}
    onFocusIn=${() => (focused.value = true)} onFocusOut=${() => (focused.value = false)}>
    <${Buttons} table=${table} hot=${hot.value} pocket=${ball.stage === "lies" ? ball.pocket : null} seated=${seated} />
    ${shown && html`<${Settled} store=${store} ended=${ball.stage === "lies"} />`}
    <${Chips} chips=${table.others.value} look="others" />
    <${Chips} chips=${table.placed.value} look="own" />
    <${Chips} chips=${table.laid.value} look=${table.placing.value ? "laid placing" : "laid"} />
  </div>`;
}
