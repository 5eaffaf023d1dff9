/** The wallet: what is there, what is held, the daily bonus, and every chip that moved. */

import { useEffect, useState } from "preact/hooks";
import { ApiError, api } from "../api.js";
import { chips, chipsExact, dateTime, signed } from "../format.js";
import { html } from "../html.js";
import { text } from "../text.js";
import { token } from "../token.js";
import { BalanceChart } from "../ui/balance_chart.js";
import { Form } from "../ui/form.js";
import { AccountPage } from "../ui/gate.js";
import { History } from "../ui/history.js";
import { toast } from "../ui/toast.js";
import { available, wallet, walletTold } from "../wallet.js";

const t = text.wallet;

export const title = () => t.title;

const columns = [{ name: t.when }, { name: t.what }, { name: t.amount, end: true }, { name: t.after, end: true }];

/** @param {any} item a transaction */
function row(item) {
  const change = item.type === "debit" ? -item.amount : item.amount;
  const what = t.categories[item.category] ?? item.category;
  const round = item.bet?.replace(/\.\d+$/, "");
  return html`<tr key=${item.created_at + item.balance_after + item.category}>
    <td class="when">${dateTime(item.created_at)}</td>
    <td>${what}${
      round
        ? html` <a href="/rounds/${round}">${round}</a>`
        : html` <span
      class="dim">${item.description}</span>`
    }</td>
    <td class="end number ${change > 0 ? "win" : ""}">${signed(change)}</td>
    <td class="end number">${chipsExact(item.balance_after)}</td>
  </tr>`;
}

function Bonus() {
  const [note, setNote] = useState("");
  const claim = async () => {
    try {
      const claimed = await api.post("/me/daily-bonus");
      walletTold(claimed.wallet, false);
      setNote("");
      toast(t.bonusDone(claimed.amount), "good");
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "not_yet") throw error;
      const when = error.extra.next_at;
      setNote(when ? t.bonusLater(dateTime(when)) : t.bonusLow);
    }
  };
  return html`<div class="surface stack bonus">
    <p class="dim">${t.bonusHint}</p>
    <${Form} onSubmit=${claim} submit=${t.bonus} tone="" />
    ${note && html`<p role="status">${note}</p>`}
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
    if (token.get())
      api.get("/me/wallet").then(
        (got) => walletTold(got, false),
        () => undefined,
      );
  }, []);
  return html`<${AccountPage} title=${t.title}>
    <div class="columns"><${Balance} /><${Bonus} /></div>
    <h2>${t.history}</h2>
    <${History} path="/me/transactions" file="transactions.csv" caption=${t.history} columns=${columns} row=${row}
      empty=${{ title: t.empty, next: t.emptyNext }} categories=${t.categories} refresh=${wallet.value?.version}
      above=${(/** @type {any[]} */ items) => html`<${BalanceChart} items=${items} />`} />
  <//>`;
}
