/** What to tell the player about an error. */

import { texts } from "./texts.js";

/**
 * @param {unknown} error anything thrown: ApiError, WireError …
 * @returns {string}
 */
export function errorText(error) {
  const { code, message } = /** @type {{code?: string, message?: string}} */ (error ?? {});
  return (code && texts.errors[code]) || message || texts.shell.form.failed;
}
