/** The theme: the system's, until the player chooses one, which is remembered. */

import { signal } from "@preact/signals-core";
import { localStore } from "./token.js";

/** @typedef {"system" | "dark" | "light"} Theme */

const KEY = "croupier.theme";
const store = localStore();

/** @param {string | null} value @returns {Theme} */
const known = (value) => (value === "dark" || value === "light" ? value : "system");

/** @type {import("@preact/signals-core").Signal<Theme>} */
export const theme = signal(known(store.getItem(KEY)));

/** Apply a choice. Canvases redraw through the `theme` signal. @param {Theme} choice */
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
