/** Invitations to private rooms: from an address, or of a room that was opened here; kept as long as the tab is. */

import { guarded } from "./token.js";

const KEY = "croupier.invite.";
const LONGEST = 64;

const kept = guarded(() => globalThis.sessionStorage);

/** @param {string} room @param {string | null} invite nothing is kept of what can be no invitation */
export function keepInvite(room, invite) {
  if (invite && invite.length <= LONGEST) kept.setItem(KEY + room, invite);
}

/** To be spread into a request. @param {string} room @returns {{invite?: string}} */
export function invited(room) {
  const invite = kept.getItem(KEY + room);
  return invite ? { invite } : {};
}

/** The address that lets others in. @param {string} room @param {string} invite */
export const invitePath = (room, invite) => `/rooms/${room}?invite=${encodeURIComponent(invite)}`;
