/** The keyboard shortcuts of a room and the list that `?` shows. They are off while a field has the focus. */

import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { inField } from "../dom.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { showsReadingFirst } from "../ui/reading.js";

/**
 * @typedef {object} Key
 * @property {string[]} keys values of KeyboardEvent.key, letters in lower case
 * @property {string} label what the key does
 * @property {() => void} run
 * @property {boolean} [repeats] whether holding the key down repeats it
 */

/** @type {import("@preact/signals").Signal<Key[]>} */
const known = signal([]);

/** Whether the list of shortcuts is open. */
export const keysShown = signal(false);

/**
 * True if the pointer set the focus. Then Enter and Space belong to the game; otherwise they press the focused button.
 */
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

/**
 * What a pressed key may stand for, the likeliest first. Letters count in any case, because of Caps Lock. A key without a
 * Latin letter or a name also stands for what its place has on a Latin keyboard, so that shortcuts work with any layout.
 * @param {Pick<KeyboardEvent, "key" | "code" | "shiftKey">} event
 * @returns {string[]}
 */
export function meaningsOf({ key, code, shiftKey }) {
  if (/^[a-z]$/i.test(key)) return [key.toLowerCase()];
  const named = /^[A-Z][A-Za-z0-9]+$/.test(key) && !WITHOUT_NAME.has(key);
  const place = named ? null : onLatin(code, shiftKey);
  return place === null || place === key ? [key] : [key, place];
}

/** Names of keys that say nothing about the key: accents that await a letter, keys that an input method has taken. */
const WITHOUT_NAME = new Set(["Dead", "Process", "Unidentified"]);

/** What a place of the keyboard has on a Latin one; null if no shortcut uses it. @param {string} code @param {boolean} shift */
function onLatin(code, shift) {
  const letter = /^Key([A-Z])$/.exec(code)?.[1].toLowerCase();
  if (letter) return letter;
  if (code === "Space") return " ";
  if (code === "Slash" && shift) return "?";
  return (!shift && /^Digit(\d)$/.exec(code)?.[1]) || null;
}

/**
 * Escape leaves a field or button of the room, so that the keys belong to the game again.
 * @param {KeyboardEvent} event
 */
function leavesControl({ key, target }) {
  if (key !== "Escape" || !(target instanceof HTMLElement)) return false;
  if (!target.matches(".room :is(input, textarea, select, button)") || target.closest("dialog")) return false;
  target.blur();
  return true;
}

/**
 * Enter in a field of the game's picture, such as a target, means the same as outside of it.
 * @param {KeyboardEvent} event
 */
function entersFromPicture(event) {
  const { key, target } = event;
  if (key !== "Enter" || !(target instanceof HTMLInputElement) || !target.closest(".game-frame")) return false;
  if (showsReadingFirst(event)) return false;
  target.blur();
  return true;
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.key === "Tab") byPointer = false;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  if (leavesControl(event)) return;
  if (inField(event.target) && !entersFromPicture(event)) return;
  if (pressesFocus(event)) return;
  const found = meaningsOf(event)
    .map((meaning) => known.peek().find((each) => each.keys.includes(meaning)))
    .find(Boolean);
  if (!found) return;
  event.preventDefault();
  if (document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
  if (!event.repeat || found.repeats) found.run();
}

/** Handles shortcuts while the calling component is mounted, from the moment that it can be seen. */
export function useKeyboard() {
  useLayoutEffect(() => {
    addEventListener("keydown", onKey);
    addEventListener("pointerdown", noteInput, true);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("pointerdown", noteInput, true);
    };
  }, []);
}

/**
 * Registers shortcuts while the calling component is mounted. A key calls the `run` of the latest rendering.
 * @param {Key[]} keys in the same order at each rendering
 */
export function useKeys(keys) {
  const latest = useRef(keys);
  latest.current = keys;
  useLayoutEffect(() => {
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
  useKeys([{ keys: ["?"], label: texts.room.keys.help, run: () => (keysShown.value = !keysShown.peek()) }]);
  useEffect(() => {
    if (keysShown.value) box.current?.showModal();
    else box.current?.close();
  }, [keysShown.value]);
  const name = (/** @type {string} */ key) => texts.room.keys.names[key] ?? key.toUpperCase();
  const close = () => (keysShown.value = false);
  return html`<dialog ref=${box} class="keys" aria-labelledby="keys-title" onClose=${close} onKeyDown=${(
    /** @type {KeyboardEvent} */ event,
  ) => meaningsOf(event).includes("?") && close()}>
    <h2 id="keys-title">${texts.room.keys.title}</h2>
    <dl class="keys-list">
      ${known.value.map(
        ({ keys, label }) => html`<div key=${label}>
          <dt>${keys.map((key) => html`<kbd key=${key}>${name(key)}</kbd>`)}</dt>
          <dd>${label}</dd>
        </div>`,
      )}
    </dl>
    <button class="button" onClick=${close}>${texts.room.keys.close}</button>
  </dialog>`;
}
