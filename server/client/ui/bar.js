/** The top bar: name, rooms, wallet, connection and account menu. */

import { api } from "../api.js";
import { html } from "../html.js";
import { LANGUAGES, setLanguage } from "../language.js";
import { doorPath } from "../next_page.js";
import { navigate, route } from "../router.js";
import { shownAvailable, shownWallet } from "../shown_wallet.js";
import { spoken, texts } from "../texts.js";
import { setTheme, theme } from "../theme.js";
import { wire } from "../wire.js";
import { Counted } from "./counted.js";
import { Icon, Mark } from "./icons.js";
import { MENU as OPEN_ROUNDS, OpenRoundsMenu } from "./open_rounds.js";
import { speaker } from "./speaker.js";
import { tab } from "./tab.js";

/** @typedef {import("../language.js").Language} Language */

const t = texts.shell.bar;
const MENU = "account-menu";

/** @param {{name: string, href: string, children?: any}} props */
function NavLink({ name, href, children }) {
  return html`<a class="bar-link" href=${href} aria-current=${route.value.name === name ? "page" : undefined}>
    ${children}</a>`;
}

function Wallet() {
  if (!shownWallet.value) return null;
  const held = shownWallet.value.held;
  // Before the balance, which then stays where it is when a bet comes and goes.
  return html`${
    held > 0 &&
    html`<button type="button" class="button quiet bar-held number" title=${t.heldTitle} popovertarget=${OPEN_ROUNDS}
      data-testid="held">${t.held(held)}</button>`
  }
  <a class="bar-wallet" href="/account/wallet" data-testid="wallet">
    <span class="visually-hidden">${t.wallet}: </span>
    <span class="bar-balance" data-testid="available"><${Counted} cents=${shownAvailable.value} /></span>
    <span class="visually-hidden"> ${t.available}</span>
  </a>
  <${OpenRoundsMenu} close=${closeMenu} />`;
}

function ConnectionDot() {
  const now = wire.connection.value;
  const words = texts.shell.connection[now];
  return html`<span class="dot-frame" title=${words} data-testid="connection" data-state=${now}>
    <span class="dot ${now}" aria-hidden="true"></span><span class="visually-hidden">${words}</span>
  </span>`;
}

/** @param {Event} event */
function closeMenu(event) {
  const menu = event.currentTarget instanceof HTMLElement ? event.currentTarget.closest("[popover]") : null;
  if (menu instanceof HTMLElement) menu.hidePopover();
}

/** @param {Event} event */
async function signOut(event) {
  closeMenu(event);
  await api.logOut();
  navigate("/");
}

/** The languages, each in its own words, so that players find theirs. */
function LanguageChoice() {
  return html`<div class="menu-part"><fieldset data-testid="languages">
    <legend class="label">${t.language}</legend>
    <div class="row">${Object.entries(LANGUAGES).map(
      ([code, { name }]) => html`<button key=${code} type="button" class="button" lang=${code}
        aria-pressed=${code === spoken} onClick=${() => setLanguage(/** @type {Language} */ (code))}>${name}</button>`,
    )}</div>
  </fieldset></div>`;
}

function ThemeChoice() {
  const choices = /** @type {["system", "dark", "light"]} */ (["system", "dark", "light"]);
  return html`<div class="menu-part"><fieldset>
    <legend class="label">${t.theme}</legend>
    ${choices.map(
      (choice) => html`<label key=${choice} class="theme-option">
        <input type="radio" name="theme" value=${choice} checked=${theme.value === choice}
          onChange=${() => setTheme(choice)} />
        <span>${t.themes[choice]}</span>
      </label>`,
    )}
  </fieldset></div>`;
}

/** The switches for sounds and notifications. */
function AlertChoice() {
  const box = (
    /** @type {boolean} */ checked,
    /** @type {(on: boolean) => void} */ set,
    /** @type {string} */ words,
  ) => html`<label class="theme-option">
    <input type="checkbox" checked=${checked}
      onChange=${(/** @type {any} */ event) => set(event.target.checked)} />
    <span>${words}</span>
  </label>`;
  return html`<div class="menu-part" data-testid="alerts">
    ${box(speaker.on.value, (on) => speaker.set(on), t.sounds)}
    ${wire.me.value && tab.notification && box(tab.notifies.value, (on) => void tab.setNotifies(on), t.notify)}
    ${tab.refused.value && html`<p class="small warning" role="status">${t.notifyRefused}</p>`}
  </div>`;
}

/** @type {[string, string][]} */
const links = [
  ["/account", t.profile],
  ["/account/wallet", t.wallet],
  ["/account/bets", t.bets],
  ["/account/sessions", t.sessions],
  ["/account/limits", t.limits],
];

function Menu() {
  const me = wire.me.value;
  return html`<div id=${MENU} class="menu" popover="auto">
    ${me && html`<p class="menu-name">${me.username}</p>`}
    ${
      me &&
      html`<nav aria-label=${t.account}><ul>
      ${links.map(
        ([href, name]) => html`<li key=${href}><a class="menu-item" href=${href}
        onClick=${closeMenu}>${name}</a></li>`,
      )}
    </ul></nav>`
    }
    ${
      !me &&
      html`<nav aria-label=${t.account}><ul>
      <li><a class="menu-item" href=${doorPath("/sign-in")} onClick=${closeMenu}>${t.signIn}</a></li>
      <li><a class="menu-item" href=${doorPath("/sign-up")} onClick=${closeMenu}>${t.signUp}</a></li>
    </ul></nav>`
    }
    <${AlertChoice} />
    <${LanguageChoice} />
    <${ThemeChoice} />
    ${
      me &&
      html`<button type="button" class="button wide"
      onClick=${signOut}>${t.signOut}</button>`
    }
  </div>`;
}

function Account() {
  const me = wire.me.value;
  const label = me ? t.menu(me.username) : t.settings;
  return html`
    ${!me && html`<a class="button quiet bar-sign-in" href=${doorPath("/sign-in")}>${t.signIn}</a>`}
    ${!me && html`<a class="button primary bar-sign-up" href=${doorPath("/sign-up")}>${t.signUp}</a>`}
    <button type="button" class="button quiet bar-account" popovertarget=${MENU} aria-label=${label}>
      <${Icon} name="person" />
      ${me && html`<span class="bar-name" aria-hidden="true">${me.username}</span>`}
      <${Icon} name="down" />
    </button>
    <${Menu} />`;
}

export function TopBar() {
  return html`<header class="top-bar">
    <a class="brand" href="/" aria-label=${texts.shell.name}><${Mark} /><span>${texts.shell.name}</span></a>
    <nav aria-label=${t.label}><${NavLink} name="lobby" href="/">${t.lobby}<//></nav>
    <div class="bar-end">
      <${Wallet} />
      <${ConnectionDot} />
      <${Account} />
    </div>
  </header>`;
}
