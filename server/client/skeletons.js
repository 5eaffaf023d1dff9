/**
 * What stands in the place of a page until its data is there, as HTML by route name. The build puts it into the page, so
 * that it shows before the first script has run; components show the same while they wait. No words are seen, because the
 * page may be in any language.
 */

const TILES = 4;

/** Takes the place of words. @param {"heading" | "subheading" | "line"} kind */
const bar = (kind) => `<div class="skeleton skeleton-${kind}"></div>`;

/** @typedef {(waiting: string) => string} Skeleton `waiting` is for screen readers */

/** @type {Skeleton} */
const lobby = (waiting) => `<div class="page stack lobby" aria-busy="true">${waiting}
  <div>${bar("heading")}${bar("line")}</div>
  <div class="stack">${bar("subheading")}
    <div class="grid">${'<div class="surface room-tile skeleton"></div>'.repeat(TILES)}</div></div>
</div>`;

/** @type {Skeleton} */
const room = (waiting) => `<div class="room" aria-busy="true">${waiting}
  <div class="room-stage">
    <div class="room-head"><div class="skeleton-title skeleton"></div></div>
    <div class="room-game"><div class="strip"></div><div class="game-frame surface skeleton"></div></div>
    <div class="room-panel surface skeleton"></div>
  </div>
</div>`;

/** @type {Skeleton} */
const other = (waiting) => `<div class="page" aria-busy="true">${waiting}${bar("line")}</div>`;

/** @type {Record<string, Skeleton>} */
const SKELETONS = { lobby, room };

/**
 * The skeleton of a page, by the name of its route. Without `loading`, screen readers hear of it in English.
 * @param {string} name @param {string} [loading]
 */
export function skeletonOf(name, loading) {
  const spoken = loading === undefined ? ' lang="en">Loading…' : `>${loading}`;
  return (SKELETONS[name] ?? other)(`<p class="visually-hidden"${spoken}</p>`);
}
