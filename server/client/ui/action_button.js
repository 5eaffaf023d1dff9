/** A button that acts in a round. The second click of a double click does not act again. */

import { html } from "../html.js";

/**
 * All other properties become attributes of the button.
 * @param {{
 *   guard: import("./repeat_guard.js").RepeatGuard | null,
 *   run: () => void,
 *   children?: any,
 *   [attribute: string]: any,
 * }}
 *   props `guard` is null if every click may act
 */
export function ActionButton({ guard, run, children, ...attributes }) {
  const onClick = (/** @type {MouseEvent} */ event) => {
    if (!guard?.isSecondClick(event)) run();
  };
  return html`<button type="button" ...${attributes} onClick=${onClick}>${children}</button>`;
}
