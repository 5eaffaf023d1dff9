/** What to tell the player about an error. */

import { texts } from "./texts.js";

/**
 * What is wrong with a field, in the page's language; the server's message where the language has no words for it.
 * @param {import("./http.d.ts").InvalidField} wrong
 */
export function fieldErrorText({ field, code, message }) {
  const words = [`${field}.${code}`, code].find((key) => Object.hasOwn(texts.fieldErrors, key));
  return words === undefined ? message : texts.fieldErrors[words];
}

/**
 * @param {unknown} error anything thrown: ApiError, WireError …
 * @returns {string}
 */
export function errorText(error) {
  const { code, message } = /** @type {{code?: string, message?: string}} */ (error ?? {});
  return (code && texts.errors[code]) || message || texts.shell.form.failed;
}
