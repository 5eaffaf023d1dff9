/** The frame of every page: top bar, connection state, the page itself, and toasts. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { announce, focusHeading } from "../dom.js";
import { html } from "../html.js";
import { doorPath } from "../next_page.js";
import { pages } from "../pages.js";
import { route } from "../router.js";
import { restoreScroll } from "../scroll.js";
import { texts } from "../texts.js";
import { updates } from "../updates.js";
import { wallet } from "../wallet.js";
import { wire } from "../wire.js";
import { TopBar } from "./bar.js";
import { Icon } from "./icons.js";
import { Skeleton } from "./skeleton.js";
import { tab } from "./tab.js";
import { Toasts } from "./toast.js";

/** @typedef {import("../router.js").Route} Route */
/** @typedef {import("../pages.js").PageModule} PageModule */

/** Shorter breaks are not reported. */
const QUIET_MS = 1_200;
const WALL_MS = 60_000;

function OfflineBar() {
  const now = wire.connection.value;
  const tried = useRef(false);
  tried.current ||= now !== "connecting";
  // The first connection takes its time on a slow line. Nothing is lost yet, and a bar would push the page down.
  const away = now === "offline" || (now === "connecting" && tried.current);
  const shown = useSignal(false);
  useEffect(() => {
    if (away) {
      const timer = setTimeout(() => (shown.value = true), QUIET_MS);
      return () => clearTimeout(timer);
    }
    if (shown.peek() && now === "online") announce(texts.shell.connection.back);
    shown.value = false;
    return undefined;
  }, [away]);
  if (!away || !shown.value) return null;
  return html`<div class="state-bar" role="status" data-testid="offline">
    <${Icon} name="warning" />
    <p>${texts.shell.connection.why[wire.goodbye.value ?? ""] ?? texts.shell.connection.bar}</p>
    <button type="button" class="button" onClick=${() => wire.probe()}>${texts.shell.connection.now}</button>
  </div>`;
}

/** @type {Record<string, string>} */
const reasons = texts.shell.signedOut;

function SignedOutBar() {
  const reason = wire.signedOutBy.value;
  if (!reason || wire.me.value) return null;
  const watch = () => {
    wire.signedOutBy.value = null;
    wire.restart();
  };
  return html`<div class="state-bar" role="status" data-testid="signed-out">
    <${Icon} name="warning" />
    <p>${reasons[reason] ?? texts.shell.signedOut.signed_out}</p>
    <a class="button primary" href=${doorPath("/sign-in")}>${texts.shell.bar.signIn}</a>
    ${
      wire.connection.value === "signed_out" &&
      html`<button type="button" class="button" onClick=${watch}>
      ${texts.shell.signedOut.watch}</button>`
    }
  </div>`;
}

function VoidBetsBar() {
  const { news } = wire.voidBets;
  if (news.value.length === 0) return null;
  const staked = news.value.reduce((sum, { amount }) => sum + amount, 0);
  return html`<div class="state-bar" role="status" data-testid="void-bets">
    <${Icon} name="warning" />
    <p>${texts.shell.voidBets.told(news.value.length, staked)}</p>
    <a class="button" href="/account/bets" onClick=${() => (news.value = [])}>${texts.shell.bar.bets}</a>
    <button type="button" class="button" onClick=${() => (news.value = [])}>${texts.shell.voidBets.gotIt}</button>
  </div>`;
}

/**
 * What the operator announces. On the wall, where nobody can dismiss it, it leaves after a while.
 * @param {{notice: import("../types.js").AnnouncementNotice, isWall: boolean}} props
 */
function Announcement({ notice, isWall }) {
  const { number, text } = notice;
  useEffect(() => {
    announce(texts.shell.announcement.spoken(text));
    if (!isWall) return undefined;
    const timer = setTimeout(() => wire.announcements.dismiss(number), WALL_MS);
    return () => clearTimeout(timer);
  }, [number]);
  return html`<section class="state-bar" aria-label=${texts.shell.announcement.label} data-testid="announcement">
    <p>${text}</p>
    ${
      !isWall &&
      html`<button type="button" class="button" onClick=${() => wire.announcements.dismiss(number)}>
      ${texts.shell.voidBets.gotIt}</button>`
    }
  </section>`;
}

/** Shows when no stake is in play, or when the connection is lost, which an old client may never get back. */
function UpdateBar() {
  const online = wire.connection.value === "online";
  if (!updates.newer.value || (online && (wallet.value?.held ?? 0) > 0)) return null;
  return html`<div class="state-bar" role="status" data-testid="update">
    <p>${online ? texts.shell.update.ready : texts.shell.update.needed}</p>
    <button type="button" class="button primary" onClick=${() => location.reload()}>${texts.shell.update.reload}</button>
  </div>`;
}

function DemoNote() {
  if (!document.querySelector('meta[name="croupier-demo"][content="yes"]')) return null;
  return html`<aside class="demo-note" aria-label=${texts.shell.demo.label} data-testid="demo">${texts.shell.demo.note} <a href="/dev/mail">${texts.shell.demo.mail}</a></aside>`;
}

function Broken() {
  return html`<div class="page narrow stack">
    <h1>${texts.shell.broken.title}</h1>
    <p>${texts.shell.broken.lead}</p>
    <p><button type="button" class="button primary" onClick=${() => location.reload()}>${texts.shell.broken.next}</button></p>
  </div>`;
}

/**
 * The module of a page; if it can't be loaded, one that says so.
 * @param {Route} to
 * @returns {PageModule | Promise<PageModule>}
 */
function moduleOf(to) {
  const found = pages[to.name]();
  if (!(found instanceof Promise)) return found;
  return found.catch(async (error) => {
    await updates.missed(error);
    return { default: Broken };
  });
}

/** The page of the current route. The previous page stays until the next one is loaded. */
function Page() {
  const to = route.value;
  const loaded = useSignal(/** @type {{module: PageModule, route: Route} | null} */ (null));
  const found = useMemo(() => moduleOf(to), [to]);
  useEffect(() => {
    let current = true;
    void Promise.resolve(found).then((module) => {
      if (current) loaded.value = { module, route: to };
    });
    return () => {
      current = false;
    };
  }, [to]);
  // What is at hand shows at once, in the place of the skeleton that came with the page.
  const shown = loaded.value ?? (found instanceof Promise ? null : { module: found, route: to });
  const first = useRef(true);
  const title = shown?.module.title?.(shown.route);
  useEffect(() => {
    if (shown) tab.page.value = title ? `${title} · ${texts.shell.name}` : texts.shell.name;
  }, [shown?.route.path, title]);
  useEffect(() => {
    if (!shown) return;
    if (!first.current) focusHeading();
    first.current = false;
    restoreScroll();
  }, [shown?.route.path]);
  if (!shown) return html`<${Skeleton} of=${to.name} />`;
  return html`<${shown.module.default} key=${shown.route.path} route=${shown.route} />`;
}

/** Keeps `--above` the height of what stands above the page, so that a room can fill the rest of the screen. */
function useAbove() {
  const bars = useRef(/** @type {HTMLElement | null} */ (null));
  const main = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    const root = document.documentElement;
    const measure = () => root.style.setProperty("--above", `${main.current?.offsetTop ?? 0}px`);
    measure();
    const resized = new ResizeObserver(measure);
    for (const each of [root, bars.current]) if (each) resized.observe(each);
    return () => resized.disconnect();
  }, []);
  return { bars, main };
}

export function Shell() {
  const isWall = route.value.name === "screen";
  const { bars, main } = useAbove();
  return html`
    <div ref=${bars} class="bars">
      ${!isWall && html`<${TopBar} />`}
      <${OfflineBar} />
      <${UpdateBar} />
      <${SignedOutBar} />
      <${VoidBetsBar} />
      ${wire.announcements.shown.value.map(
        (notice) => html`<${Announcement} key=${notice.number} notice=${notice} isWall=${isWall} />`,
      )}
    </div>
    ${!isWall && html`<${DemoNote} />`}
    <main ref=${main} id="main" tabindex="-1" data-connection=${wire.connection.value}><${Page} /></main>
    <${Toasts} />`;
}
