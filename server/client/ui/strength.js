/** A rough estimate of a password's strength. The server decides. */

import { html } from "../html.js";
import { texts } from "../texts.js";

const COMMON = /pass(word)?|qwert|asdf|letmein|welcome|admin|croupier|iloveyou|123|abc|dragon|monkey/gi;

/**
 * An estimate of the entropy in bits.
 * @param {string} password
 * @param {string[]} known what an attacker knows about the player
 */
export function bits(password, known) {
  let rest = password.toLowerCase();
  for (const word of known) if (word.length > 2) rest = rest.replaceAll(word.toLowerCase(), "~");
  rest = rest.replaceAll(COMMON, "~").replaceAll(/(.)\1+/g, "$1");
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
  return rest.length * (2.6 + classes * 0.7);
}

/** 0 (trivial) … 4 (very good). @param {string} password @param {string[]} [known] */
export function score(password, known = []) {
  if (password.length < 8) return 0;
  const steps = [26, 36, 48, 62];
  const worth = bits(password, known);
  return steps.filter((step) => worth >= step).length;
}

/** @param {{password: string, known?: string[]}} props */
export function Strength({ password, known = [] }) {
  if (!password) return null;
  const reached = score(password, known);
  const words = texts.shell.signUp.strength[reached];
  return html`<div class="strength row">
    <meter min="0" max="4" low="2" high="3" optimum="4" value=${reached} aria-label=${texts.shell.signUp.strengthLabel}>
      ${words}</meter>
    <span class="small dim" role="status">${words}</span>
  </div>`;
}
