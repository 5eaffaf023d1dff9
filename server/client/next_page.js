/**
 * Where a guest was going before signing in or up. It travels from page to page in `?next=`, and through the mail in the
 * fragment of its link.
 */

import { invited, invitePath } from "./invites.js";
import { route } from "./router.js";

const DOORS = ["sign-in", "sign-up", "forgot", "reset", "verify"];

/** Only paths on this site are allowed. @param {string | null} next */
export const safePage = (next) => (next && /^\/(?![/\\])/.test(next) ? next : "/");

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
