/**
 * What stands in the place of a page until its data is there, as HTML by route name. The build puts it into the page, so
 * that it shows before the first script has run; components show the same while they wait.
 */

import { texts } from "./texts.js";

const waiting = `<p class="visually-hidden">${texts.shell.loading}</p>`;
const TILES = 4;

const lobby = `<div class="page stack lobby" aria-busy="true">${waiting}
  <div><h1>${texts.shell.lobby.title}</h1><p class="dim">${texts.shell.lobby.lead}</p></div>
  <section class="stack"><h2>${texts.shell.lobby.live}</h2>
    <div class="grid">${'<div class="surface room-tile skeleton"></div>'.repeat(TILES)}</div></section>
</div>`;

const room = `<div class="room" aria-busy="true">${waiting}
  <div class="room-stage">
    <div class="room-head"><div class="skeleton-title skeleton"></div></div>
    <div class="room-game"><div class="strip"></div><div class="game-frame surface skeleton"></div></div>
    <div class="room-panel surface skeleton"></div>
  </div>
</div>`;

const offline = `<div class="page narrow stack"><h1>${texts.shell.offline.title}</h1><p>${texts.shell.offline.lead}</p>
  <p><a class="button primary" href="">${texts.shell.offline.again}</a></p></div>`;

const other = `<p class="page dim" aria-busy="true">${texts.shell.loading}</p>`;

/** @type {Record<string, string>} */
const SKELETONS = { lobby, room, offline };

/** The skeleton of a page, by the name of its route. @param {string} name */
export const skeletonOf = (name) => SKELETONS[name] ?? other;
