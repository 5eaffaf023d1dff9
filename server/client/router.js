/** The router: which page an address names, and navigation without a reload. */

import { signal } from "@preact/signals-core";
import { ROUTES } from "./routes.js";
import { goToScroll, keepScroll, startScroll } from "./scroll.js";

/** @typedef {{name: string, params: Record<string, string>, query: URLSearchParams, path: string}} Route */

/** @param {string} pattern @param {string} path @returns {Record<string, string> | null} */
function fit(pattern, path) {
  const wanted = pattern.split("/");
  const given = path.replace(/(.)\/$/, "$1").split("/");
  if (wanted.length !== given.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [index, part] of wanted.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name && given[index] !== "") params[name] = decode(given[index]);
    else if (part !== given[index]) return null;
  }
  return params;
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {string} address path and query @returns {Route} */
export function match(address) {
  // Not as a base: an address that begins with // would name another host.
  const url = new URL(`http://host${address}`);
  for (const [name, pattern] of Object.entries(ROUTES)) {
    const params = fit(pattern, url.pathname);
    if (params) return { name, params, query: url.searchParams, path: url.pathname };
  }
  return { name: "not-found", params: {}, query: url.searchParams, path: url.pathname };
}

const here = () => globalThis.location.pathname + globalThis.location.search;

/** @type {import("@preact/signals-core").Signal<Route>} */
export const route = signal(match(globalThis.location ? here() : "/"));

/** Navigate to a page. @param {string} address @param {{replace?: boolean}} [how] */
export function navigate(address, { replace = false } = {}) {
  if (!replace) keepScroll();
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  route.value = match(here());
  if (!replace) scrollTo(0, 0);
}

/** Handle clicks on links to our pages. Other links, and clicks that open a new tab, are left to the browser. */
export function startRouter() {
  startScroll();
  addEventListener("popstate", (event) => {
    goToScroll(event.state);
    route.value = match(here());
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.hash || match(link.pathname).name === "not-found") return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  });
}
