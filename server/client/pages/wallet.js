/** The wallet: balance, holds, daily bonus and transactions. */

import { useEffect } from "preact/hooks";
import { ApiError, api } from "../api.js";
import { chips, chipsExact, dateTime, signed } from "../format.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { token } from "../token.js";
import { AccountPage } from "../ui/account_page.js";
import { useAnswer } from "../ui/answer.js";
import { BalanceChart } from "../ui/balance_chart.js";
import { Form } from "../ui/form.js";
import { History } from "../ui/history.js";
import { toast } from "../ui/toast.js";
import { available, wallet, walletReported } from "../wallet.js";

/** @typedef {import("../http.d.ts").TransactionView} TransactionView */

const t = texts.shell.wallet;

export const title = () => t.title;

/** Categories that say all that there is to say. */
const SAID = new Set(["sign-up", "daily-bonus"]);

const columns = [{ name: t.when }, { name: t.what }, { name: t.amount, end: true }, { name: t.after, end: true }];

/** @param {TransactionView} item */
function row(item) {
  const change = item.type === "debit" ? -item.amount : item.amount;
  const what = t.categories[item.category] ?? item.category;
  const round = item.bet?.replace(/\.\d+$/, "");
  return html`<tr key=${item.created_at + item.balance_after + item.category}>
    <td class="when">${dateTime(item.created_at)}</td>
    <td>${what}${
      round
        ? html` <a href="/rounds/${round}">${round}</a>`
        : !SAID.has(item.category) &&
          html` <span
      class="dim">${item.description}</span>`
    }</td>
    <td class="end number ${change > 0 ? "win" : ""}">${signed(change)}</td>
    <td class="end number">${chipsExact(item.balance_after)}</td>
  </tr>`;
}

/** The daily bonus, with a button while it can be claimed. */
function Bonus() {
  const { answer, load } = useAnswer("GET /me/daily-bonus", undefined, { skip: !token.get() });
  const version = wallet.value?.version;
  useEffect(() => {
    if (answer.peek()) void load();
  }, [version]);
  const bonus = answer.value;
  if (!bonus?.amount) return null;
  const claim = async () => {
    try {
      const claimed = await api.request("POST /me/daily-bonus");
      walletReported(claimed.wallet, false);
      toast(t.bonusDone(claimed.amount), "good");
    } catch (error) {
      // Claimed on another device, or the balance has grown: the card says what holds now.
      if (!(error instanceof ApiError) || error.code !== "not_yet") throw error;
    }
    await load();
  };
  return html`<div class="surface stack bonus" data-testid="bonus">
    <p class="dim">${t.bonusTerms(bonus.amount, bonus.below)}</p>
    ${bonus.due && html`<${Form} onSubmit=${claim} submit=${t.bonus} tone="" />`}
    ${bonus.next_at && html`<p role="status">${t.bonusLater(dateTime(bonus.next_at))}</p>`}
  </div>`;
}

function Balance() {
  const known = wallet.value;
  return html`<dl class="surface facts balances">
    <div><dt>${t.available}</dt><dd class="big number">${known ? chipsExact(available.value) : "–"}</dd></div>
    <div><dt>${t.held}</dt><dd class="number">${known ? chips(known.held) : "–"}</dd></div>
    <div><dt>${t.balance}</dt><dd class="number">${known ? chips(known.balance) : "–"}</dd></div>
  </dl>`;
}

export default function Wallet() {
  useEffect(() => {
    if (!token.get()) return;
    api.request("GET /me/wallet").then(
      (answer) => walletReported(answer, false),
      () => undefined,
    );
  }, []);
  return html`<${AccountPage} title=${t.title}>
    <div class="columns"><${Balance} /><${Bonus} /></div>
    <h2>${t.history}</h2>
    <${History} call="GET /me/transactions" file="transactions.csv" caption=${t.history} columns=${columns} row=${row}
      empty=${{ title: t.empty, next: t.emptyNext }} categories=${t.categories} refresh=${wallet.value?.version}
      above=${(/** @type {TransactionView[]} */ items) => html`<${BalanceChart} items=${items} />`} />
  <//>`;
}
