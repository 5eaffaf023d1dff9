/** The addresses of the faces' style sheets, by game. scripts/build_client.js replaces this module with the real ones. */

/** @type {Record<string, string>} */
export const STYLES = {};
