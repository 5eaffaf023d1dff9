/** The player's sessions. */

import { dateTime } from "../format.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { AccountPage } from "../ui/account_page.js";
import { History } from "../ui/history.js";

const t = texts.shell.sessions;

export const title = () => t.title;

const columns = [{ name: t.number }, { name: t.room }, { name: t.from }, { name: t.until }];

/** @param {import("../http.d.ts").SessionView} item */
function row(item) {
  const { ended_at: endedAt } = item;
  return html`<tr key=${item.session}>
    <td class="number">
      ${endedAt === null ? html`<a href="/sessions/${item.session}">${item.session}</a>` : item.session}</td>
    <td><a href="/games/${item.game}">${item.room}</a></td>
    <td class="when">${dateTime(item.started_at)}</td>
    <td class="when">${endedAt === null ? html`<span class="chip good">${t.live}</span>` : dateTime(endedAt)}</td>
  </tr>`;
}

export default function Sessions() {
  return html`<${AccountPage} title=${t.title} lead=${t.lead}>
    <${History} call="GET /me/sessions" file="sessions.csv" caption=${t.title} columns=${columns} row=${row}
      empty=${{ title: t.empty, next: t.emptyNext }} />
  <//>`;
}
