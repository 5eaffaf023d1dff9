/** Tells a guest who signs in or up which room comes afterwards. */

import { tileOf } from "../faces/index.js";
import { html } from "../html.js";
import { match } from "../router.js";
import { texts } from "../texts.js";

/** @param {{next: string}} props the page that comes afterwards */
export function Going({ next }) {
  const { name, params, query } = match(next);
  if (name !== "room") return null;
  const title = tileOf(params.room.split("-", 1)[0]).title;
  const words = query.has("invite") ? texts.shell.going.invited(title) : texts.shell.going.room(title);
  return html`<p class="notice" data-testid="going">${words}</p>`;
}
