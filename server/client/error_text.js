/** What to tell the player about an error: by its reason and values, else by its code. */

import { texts } from "./texts.js";

/** @typedef {{code?: string, message?: string, reason?: string | null, values?: Record<string, any>}} Refusal */

/**
 * The words for a reason; undefined if this client does not know it, or lacks its values.
 * @param {any} known texts by reason @param {Refusal} refusal
 * @returns {string | undefined}
 */
function sayReason(known, { reason, values }) {
  if (!known || !reason || !Object.hasOwn(known, reason)) return undefined;
  const words = known[reason];
  if (typeof words !== "function") return words;
  return values && words(values);
}

/** @param {Refusal} refusal @param {string} game the game that may have refused, if known */
function byReason(refusal, game) {
  /** @type {{gameReasons: Record<string, any>, reasons: Record<string, any>}} */
  const { gameReasons, reasons } = /** @type {any} */ (texts);
  return sayReason(gameReasons[game], refusal) ?? sayReason(reasons[refusal.code ?? ""], refusal);
}

/**
 * What is wrong with a field of a form or a question, in the page's language. The server's message is for reasons that
 * this client does not know, such as those of other games.
 * @param {import("./http.d.ts").InvalidField} wrong @param {string} [game] the game that the field belongs to
 */
export function fieldErrorText({ message, reason, values }, game = "") {
  // A bet that is only asked about is refused for the reasons of a bet.
  for (const code of ["validation_failed", "bad_request", "limit_exceeded"]) {
    const words = byReason({ code, reason, values }, game);
    if (words !== undefined) return words;
  }
  return message;
}

/**
 * @param {unknown} error anything thrown: ApiError, WireError, or what a `stake_returned` says
 * @param {string} [game] the game of the room in which it happened
 * @returns {string}
 */
export function errorText(error, game = "") {
  const { code, message, reason, values } = refusalOf(error);
  const said = byReason({ code, reason, values }, game);
  if (said !== undefined) return said;
  // Without words for the reason, the server's are better than what the code means in general.
  if (reason && message) return message;
  return (code && texts.errors[code]) || message || texts.shell.form.failed;
}

/** @param {unknown} error @returns {Refusal} */
function refusalOf(error) {
  const { code, message, reason, values, extra, body } = /** @type {any} */ (error ?? {});
  const more = extra ?? body;
  return { code, message, reason: reason ?? more?.reason, values: values ?? more?.values };
}
