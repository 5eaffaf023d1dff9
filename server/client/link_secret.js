/** The secret of a link from a mail. It travels in the fragment, which browsers never send, and leaves the address bar. */

import { signal } from "@preact/signals-core";
import { safePage } from "./next_page.js";

/**
 * @typedef {object} LinkSecret
 * @property {string | null} token
 * @property {string | null} account the name of the account
 * @property {boolean} hasPassword whether a password was chosen already
 * @property {string} next where the player was going
 * @property {number} visit counts links
 */

/** What the last link brought. @type {import("@preact/signals-core").Signal<LinkSecret>} */
export const linkSecret = signal({ token: null, account: null, hasPassword: true, next: "/", visit: 0 });

/** Take the secret out of the address, if it has one. Links of older mails have it in the query. */
export function takeLinkSecret() {
  const { hash, search, pathname } = globalThis.location;
  const given = new URLSearchParams(hash.slice(1) || search);
  if (!given.has("token")) return;
  history.replaceState(history.state, "", pathname);
  linkSecret.value = {
    token: given.get("token"),
    account: given.get("account"),
    hasPassword: given.get("password") !== "none",
    next: safePage(given.get("next")),
    visit: linkSecret.peek().visit + 1,
  };
}

/** Read the link that opened the page, and those that are opened in the same tab later. */
export function watchLinkSecret() {
  takeLinkSecret();
  globalThis.addEventListener("hashchange", takeLinkSecret);
}
