/** The player's bets. */

import { tileOf } from "../faces/index.js";
import { chipsExact, dateTime } from "../format.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { AccountPage } from "../ui/account_page.js";
import { HandFiles } from "../ui/hand_files.js";
import { History } from "../ui/history.js";

const t = texts.shell.bets;

export const title = () => t.title;

const columns = [
  { name: texts.shell.wallet.when },
  { name: t.round },
  { name: t.stake, end: true },
  { name: t.result },
  { name: t.payout, end: true },
];

/** @param {import("../http.d.ts").BetView} bet */
function row(bet) {
  return html`<tr key=${bet.bet}>
    <td class="when">${dateTime(bet.created_at)}</td>
    <td><a href="/rounds/${bet.round}">${bet.round}</a>
      ${tileOf(bet.game).hasHandFiles && html` <${HandFiles} round=${bet.round} />`}</td>
    <td class="end number">${chipsExact(bet.amount)}</td>
    <td>${t.results[bet.result] ?? bet.result}</td>
    <td class="end number ${bet.payout > bet.amount ? "win" : ""}">${chipsExact(bet.payout)}</td>
  </tr>`;
}

export default function Bets() {
  return html`<${AccountPage} title=${t.title}>
    <${History} call="GET /me/bets" file="bets.csv" caption=${t.title} columns=${columns} row=${row}
      empty=${{ title: t.empty, next: t.emptyNext }} />
  <//>`;
}
