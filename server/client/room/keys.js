/** The keys of a room: who acts on which, and the list that `?` shows. Never while a field has the focus. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { inField } from "../dom.js";
import { html } from "../html.js";
import { roomText } from "../room_text.js";

/**
 * @typedef {object} Key
 * @property {string[]} keys as KeyboardEvent.key has them
 * @property {string} label what it does, in words
 * @property {() => void} run
 * @property {boolean} [repeats] also while it is held down
 */

/** @type {import("@preact/signals").Signal<Key[]>} */
const known = signal([]);

/** The list of keys is shown. */
export const keysShown = signal(false);

/** Did the focus come by the pointer? Then Enter and Space are the game's, else they press what has the focus and acts. */
let byPointer = false;

/** @param {Event} event */
const noteInput = (event) => {
  byPointer = event.type === "pointerdown";
};

const ACTS = ":is(button, a[href], summary, [role=button]):not([aria-disabled=true])";

/** @param {KeyboardEvent} event */
function pressesFocus({ key, target }) {
  if (byPointer || (key !== "Enter" && key !== " ")) return false;
  return target instanceof HTMLElement && target.matches(ACTS);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.key === "Tab") byPointer = false;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (inField(event.target) || pressesFocus(event)) return;
  const found = known.peek().find((each) => each.keys.includes(event.key));
  if (!found) return;
  event.preventDefault();
  if (document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
  if (!event.repeat || found.repeats) found.run();
}

/** Listens to the keys while the room is shown. */
export function useKeyboard() {
  useEffect(() => {
    addEventListener("keydown", onKey);
    addEventListener("pointerdown", noteInput, true);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("pointerdown", noteInput, true);
    };
  }, []);
}

/**
 * Keys that count as long as the calling component is shown. `run` is always that of the last rendering.
 * @param {Key[]} keys the same keys at each rendering
 */
export function useKeys(keys) {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const mine = keys.map((key, index) => ({ ...key, run: () => latest.current[index].run() }));
    known.value = [...known.peek(), ...mine];
    return () => {
      known.value = known.peek().filter((key) => !mine.includes(key));
    };
  }, []);
}

/** The list that `?` shows. */
export function KeysDialog() {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useKeys([{ keys: ["?"], label: roomText.keys.help, run: () => (keysShown.value = !keysShown.peek()) }]);
  useEffect(() => {
    if (keysShown.value) box.current?.showModal();
    else box.current?.close();
  }, [keysShown.value]);
  const name = (/** @type {string} */ key) => roomText.keys.names[key] ?? key.toUpperCase();
  const close = () => (keysShown.value = false);
  return html`<dialog ref=${box} class="keys" aria-labelledby="keys-title" onClose=${close} onKeyDown=${(
    /** @type {KeyboardEvent} */ event,
  ) => event.key === "?" && close()}>
    <h2 id="keys-title">${roomText.keys.title}</h2>
    <dl class="keys-list">
      ${known.value.map(
        ({ keys, label }) => html`<div key=${label}>
          <dt>${keys.map((key) => html`<kbd key=${key}>${name(key)}</kbd>`)}</dt>
          <dd>${label}</dd>
        </div>`,
      )}
    </dl>
    <button class="button" onClick=${close}>${roomText.keys.close}</button>
  </dialog>`;
}
