/**
 * The pages by route name. The default export of a page's module is a component that gets `{route}`; `title(route)`
 * returns the window title. The lobby and the room load with the client, the others on demand.
 */

import * as lobby from "./pages/lobby.js";
import * as room from "./room/page.js";

/** @typedef {import("./router.js").Route} Route */
/** @typedef {{default: import("preact").ComponentType<{route: Route}>, title?: (route: Route) => string}} PageModule */

const area = () => import("./pages/account_area.js");

/** @type {Record<string, () => PageModule | Promise<PageModule>>} */
export const pages = {
  lobby: () => lobby,
  room: () => room,
  "open-room": () => import("./private/open.js"),
  join: async () => (await area()).join,
  "join-code": async () => (await area()).join,
  screen: () => import("./screen/page.js"),
  round: () => import("./proof/page.js"),
  session: async () => (await area()).session,
  game: async () => (await area()).game,
  "sign-in": async () => (await area()).signIn,
  "sign-up": async () => (await area()).signUp,
  verify: async () => (await area()).verify,
  forgot: async () => (await area()).forgot,
  reset: async () => (await area()).reset,
  account: async () => (await area()).account,
  wallet: async () => (await area()).wallet,
  bets: async () => (await area()).bets,
  sessions: async () => (await area()).sessions,
  limits: async () => (await area()).limits,
  user: async () => (await area()).user,
  "not-found": async () => (await area()).notFound,
};
