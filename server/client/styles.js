/** The addresses of the style sheets that are loaded on demand, by game. The build writes this module anew. */

/** @type {Record<string, string>} */
export const STYLES = {};
