/**
 * Where a guest was going before signing in or up. It travels from page to page in `?next=`, and through the mail in the
 * fragment of its link.
 */

import { invited, invitePath } from "./invites.js";
import { route } from "./router.js";

const DOORS = ["sign-in", "sign-up", "forgot", "reset", "verify"];

/**
 * The path and query of `next`, if it is a page of this site as a browser resolves it; otherwise the lobby.
 * @param {string | null} next
 */
export function safePage(next) {
  const site = "http://site";
  if (!next?.startsWith("/") || !URL.canParse(next, site)) return "/";
  const { origin, pathname, search } = new URL(next, site);
  return origin === site && !pathname.startsWith("//") ? pathname + search : "/";
}

/** Where to go after signing in. @param {URLSearchParams} query */
export const nextPage = (query) => safePage(query.get("next"));

/** Where a guest who signs in on this page wants to be afterwards. @param {import("./router.js").Route} at */
export function destination({ name, params, path, query }) {
  if (DOORS.includes(name)) return nextPage(query);
  const { invite } = name === "room" ? invited(params.room) : {};
  if (invite) return invitePath(params.room, invite);
  return query.size ? `${path}?${query}` : path;
}

/** @param {string} door `/sign-in`, `/sign-up` or `/forgot` @param {string} next */
export const doorTo = (door, next) => (next === "/" ? door : `${door}?next=${encodeURIComponent(next)}`);

/** The address of a door that leads back to the page that is shown. @param {string} door */
export const doorPath = (door) => doorTo(door, destination(route.value));

/** The same as a field of a request, for the mail that the server sends. @returns {{next?: string}} */
export function nextField() {
  const next = destination(route.peek());
  return next === "/" || next.length > 300 ? {} : { next };
}
