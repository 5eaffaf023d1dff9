/** The frame of account pages, with a link to sign in for guests. */

import { html } from "../html.js";
import { doorPath } from "../next_page.js";
import { route } from "../router.js";
import { texts } from "../texts.js";
import { token } from "../token.js";
import { wire } from "../wire.js";

const t = texts.shell.bar;

/** @type {[string, string, string][]} route name, address, text */
const tabs = [
  ["account", "/account", t.profile],
  ["wallet", "/account/wallet", t.wallet],
  ["bets", "/account/bets", t.bets],
  ["sessions", "/account/sessions", t.sessions],
  ["limits", "/account/limits", t.limits],
];

/** @param {{title: string, lead?: string, children?: any}} props */
export function AccountPage({ title, lead, children }) {
  const signedIn = wire.me.value || (token.get() && wire.connection.value !== "signed_out");
  return html`<div class="page stack account">
    ${
      signedIn &&
      html`<nav class="tabs" aria-label=${texts.shell.account.nav}>
      ${tabs.map(
        ([name, href, words]) => html`<a key=${name} class="tab" href=${href}
        aria-current=${route.value.name === name ? "page" : undefined}>${words}</a>`,
      )}
    </nav>`
    }
    <h1>${title}</h1>
    ${lead && html`<p class="dim lead">${lead}</p>`}
    ${
      signedIn
        ? children
        : html`<div class="notice"><p>${texts.shell.account.needed}</p>
      <a class="button primary" href=${doorPath("/sign-in")}>${t.signIn}</a></div>`
    }
  </div>`;
}
