/** Invitations to private rooms, from a link or from opening a room. They are kept as long as the tab. */

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

/** The link that lets others in. @param {string} room @param {string} invite */
export const invitePath = (room, invite) => `/rooms/${room}?invite=${encodeURIComponent(invite)}`;
