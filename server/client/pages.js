/**
 * The pages by route name, with their modules and style sheets. The default export of a page's module is a component
 * that gets `{route}`; `title(route)` returns the window title.
 */

import * as lobby from "./pages/lobby.js";

/** @typedef {import("./router.js").Route} Route */
/** @typedef {{default: import("preact").ComponentType<{route: Route}>, title?: (route: Route) => string}} PageModule */
/** @typedef {{load: () => Promise<PageModule>, styles: string[]}} Page */

const here = (/** @type {string} */ path) => new URL(path, import.meta.url).pathname;
const account = [here("account.css")];

/** @type {Record<string, Page>} */
export const pages = {
  lobby: { load: async () => lobby, styles: [here("lobby.css")] },
  room: { load: () => import("./room/page.js"), styles: [here("room/room.css")] },
  "open-room": { load: () => import("./private/open.js"), styles: [here("private/open.css")] },
  join: { load: () => import("./pages/join.js"), styles: account },
  "join-code": { load: () => import("./pages/join.js"), styles: account },
  session: { load: () => import("./pages/session.js"), styles: [] },
  game: { load: () => import("./pages/game.js"), styles: account },
  round: { load: () => import("./proof/page.js"), styles: [here("proof/proof.css")] },
  "sign-in": { load: () => import("./pages/sign_in.js"), styles: account },
  "sign-up": { load: () => import("./pages/sign_up.js"), styles: account },
  verify: { load: () => import("./pages/verify.js"), styles: account },
  forgot: { load: () => import("./pages/forgot.js"), styles: account },
  reset: { load: () => import("./pages/reset.js"), styles: account },
  account: { load: () => import("./pages/account.js"), styles: account },
  wallet: { load: () => import("./pages/wallet.js"), styles: [...account, "/vendor/uplot/dist/uPlot.min.css"] },
  bets: { load: () => import("./pages/bets.js"), styles: account },
  sessions: { load: () => import("./pages/sessions.js"), styles: account },
  limits: { load: () => import("./pages/limits.js"), styles: account },
  user: { load: () => import("./pages/user.js"), styles: account },
  "not-found": { load: () => import("./pages/not_found.js"), styles: [] },
};
