/** Invitations to private rooms, from a link or from opening a room. They are kept as long as the tab. */

import { signal } from "@preact/signals-core";
import { guarded } from "./token.js";

const KEY = "croupier.invite.";
const LONGEST = 64;

const kept = guarded(() => globalThis.sessionStorage);

/** @param {string} room @param {string | null} invite ignored if malformed */
export function keepInvite(room, invite) {
  if (invite && invite.length <= LONGEST) kept.setItem(KEY + room, invite);
}

/** The room's invitation, to spread into a request. @param {string} room @returns {{invite?: string}} */
export function invited(room) {
  const invite = kept.getItem(KEY + room);
  return invite ? { invite } : {};
}

/** The rooms that refused our invitation. @type {import("@preact/signals-core").Signal<ReadonlySet<string>>} */
export const wrongInvites = signal(new Set());

/** The room told whether our invitation is right: a wrong one is forgotten. @param {string} room @param {boolean} right */
export function inviteChecked(room, right) {
  if (!right) kept.removeItem(KEY + room);
  const others = [...wrongInvites.peek()].filter((each) => each !== room);
  wrongInvites.value = new Set(right ? others : [...others, room]);
}

/** The link that lets others in. @param {string} room @param {string} invite */
export const invitePath = (room, invite) => `/rooms/${room}?invite=${encodeURIComponent(invite)}`;

/**
 * How others get into a room: the path that a QR code holds, the code to type at /join, and the path of the room's screen.
 * @param {string} room
 * @param {Pick<import("./types.js").PrivateRoom, "code"> | null} terms null for a public room
 */
export function waysIn(room, terms) {
  const code = terms?.code;
  const { invite } = invited(room);
  const screen = `/rooms/${room}/screen`;
  if (code) return { path: `/join/${code}`, code, screen: `${screen}?code=${code}` };
  if (invite)
    return { path: invitePath(room, invite), code: room, screen: `${screen}?invite=${encodeURIComponent(invite)}` };
  return { path: `/rooms/${room}`, code: room, screen };
}
