/** The lobby tile of a private room: owner, free seats, stakes, and who can watch. */

import { TILES, tileOf } from "../faces/index.js";
import { html } from "../html.js";
import { invited } from "../invites.js";
import { texts } from "../texts.js";
import { Icon } from "../ui/icons.js";
import { GamePicture } from "../ui/picture.js";
import { PlainLine, useRoom } from "../ui/room_tile.js";
import { wire } from "../wire.js";
import { termsOf } from "./terms.js";

/** @typedef {import("../types.js").RoomSummary} RoomSummary */
/** @typedef {import("../shapes.d.ts").RoomState} RoomState */

/** Whether the player can watch the room, as far as the client knows. @param {RoomSummary} summary */
export function seenBy(summary) {
  return summary.watch === "everybody" || summary.owner === wire.me.value?.username;
}

/**
 * The words on the tile's button; null if the player can neither join nor watch.
 * @param {RoomSummary} summary
 * @param {RoomState | null} state
 * @param {number} players
 */
function callOf(summary, state, players) {
  const me = wire.me.value;
  const mine = me !== null && (summary.owner === me.username || Boolean(state?.you));
  const welcome = me !== null && (mine || !summary.invited_only || "invite" in invited(summary.room));
  if (!welcome || (players >= summary.seats && !state?.you)) return seenBy(summary) ? texts.shell.lobby.watch : null;
  return (state && TILES[summary.game]?.call?.(state.view, me.username)) || texts.private.sit;
}

/** @param {{summary: RoomSummary, terms: string[]}} props */
function Terms({ summary, terms }) {
  const said = [...terms];
  if (summary.invited_only) said.push(texts.private.noInvite);
  if (summary.watch !== "everybody") said.push(texts.private.watch[summary.watch]);
  else if (summary.delay) said.push(texts.private.late(summary.delay));
  if (!said.length) return null;
  return html`<ul class="results terms" aria-label=${texts.private.terms}>
    ${said.map((words) => html`<li key=${words} class="chip">${words}</li>`)}</ul>`;
}

/**
 * `schema` describes the game's options; null until it is loaded. With `live`, the tile follows the room itself.
 * @param {{summary: RoomSummary, schema: import("../shapes.d.ts").GameData | null, live: boolean}} props
 */
export function PrivateTile({ summary, schema, live }) {
  const seen = seenBy(summary);
  const store = useRoom(live && seen ? summary.room : null);
  const state = store?.state.value ?? null;
  if (store?.error.value || state?.closed) return null;
  const Line = TILES[summary.game]?.Summary ?? PlainLine;
  const players = state ? state.players.length : summary.players;
  const call = callOf(summary, state, players);
  return html`<article class="surface room-tile private-tile" data-testid="private-tile" data-room=${summary.room}>
    <${GamePicture} of=${tileOf(summary.game)} />
    <div class="row spread">
      <h3><a class="stretched" href="/rooms/${summary.room}">
          ${summary.title} <span class="dim owner">${texts.private.of(summary.owner ?? "")}</span></a></h3>
      ${call && html`<span class="button primary" aria-hidden="true">${call}</span>`}
    </div>
    ${seen && live && html`<div class="room-live"><${Line} summary=${summary} state=${state} /></div>`}
    <p class="row small dim room-facts">
      <span class="fact"><${Icon} name="players" /><span>${texts.private.seats(players, summary.seats)}</span></span>
      ${
        seen &&
        html`<span class="fact"><${Icon} name="eye" />
        ${texts.shell.lobby.watching(state ? state.spectators : summary.spectators)}</span>`
      }
    </p>
    <${Terms} summary=${summary} terms=${schema ? termsOf(schema, summary.options ?? {}) : []} />
  </article>`;
}
