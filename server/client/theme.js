/** Dark or light: the system's choice until the player makes one, which is kept. */

import { signal } from "@preact/signals-core";
import { localStore } from "./token.js";

/** @typedef {"system" | "dark" | "light"} Theme */

const KEY = "croupier.theme";
const store = localStore();

/** @param {string | null} value @returns {Theme} */
const known = (value) => (value === "dark" || value === "light" ? value : "system");

/** @type {import("@preact/signals-core").Signal<Theme>} */
export const theme = signal(known(store.getItem(KEY)));

/** Put the choice on the page; canvases hear of it by the `theme` signal. @param {Theme} choice */
export function setTheme(choice) {
  if (choice === "system") store.removeItem(KEY);
  else store.setItem(KEY, choice);
  show(choice);
  theme.value = choice;
}

/** @param {Theme} choice */
function show(choice) {
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

export const startTheme = () => show(theme.peek());
