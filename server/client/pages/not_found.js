/** The page for unknown addresses. */

import { html } from "../html.js";
import { texts } from "../texts.js";

const t = texts.shell.notFound;

export const title = () => t.title;

export default function NotFound() {
  return html`<div class="page narrow stack"><h1>${t.title}</h1><p>${t.lead}</p>
    <p><a class="button primary" href="/">${t.next}</a></p></div>`;
}
