/** A history with filters and a CSV download, for transactions, bets and sessions. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { api } from "../api.js";
import { errorText } from "../error_text.js";
import { html } from "../html.js";
import { inOurWords } from "../served.js";
import { texts } from "../texts.js";
import { token } from "../token.js";
import { useAnswer } from "./answer.js";
import { Filters, filterParams, NOTHING } from "./filters.js";
import { Icon } from "./icons.js";
import { Empty, Table, useList } from "./list.js";
import { toast } from "./toast.js";

/** The games' titles by name. @returns {Record<string, string>} */
function useGames() {
  const all = useAnswer("GET /games").answer.value?.games ?? [];
  return Object.fromEntries(all.map(inOurWords).map(({ name, title }) => [name, title]));
}

/** @typedef {import("./list.js").Item} Item */

/**
 * @param {{
 *   call: import("../shapes.d.ts").ListCall,
 *   file: string,
 *   caption: string,
 *   columns: {name: string, end?: boolean}[],
 *   row: (item: Item) => unknown,
 *   empty: {title: string, next: string},
 *   categories?: Record<string, string>,
 *   above?: (items: Item[]) => unknown,
 *   refresh?: unknown,
 * }} props
 */
export function History({ call, file, caption, columns, row, empty, categories, above, refresh }) {
  const chosen = useSignal(NOTHING);
  const games = useGames();
  const params = filterParams(chosen.value);
  const list = useList(token.get() ? call : null, params, refresh);
  const filtered = Object.values(chosen.value).some(Boolean);
  const answered = useRef(false);
  answered.current ||= !list.loading || list.items.length > 0;
  // What stands above the list depends on it, so all of it appears at once and nothing moves.
  if (!answered.current) return html`<p class="dim" aria-busy="true">${texts.shell.loading}</p>`;
  const download = () =>
    api.download(call, { ...params, format: "csv", bom: "yes" }, file).catch((error) => toast(errorText(error), "bad"));
  const csv = html`<button type="button" class="button" onClick=${download}><${Icon} name="download" />
    ${texts.shell.wallet.csv}</button>`;
  const none = filtered
    ? html`<div class="empty"><p>${texts.shell.wallet.emptyFilter}</p>
      <button type="button" class="button" onClick=${() => (chosen.value = NOTHING)}>
        ${texts.shell.wallet.clear}</button></div>`
    : html`<${Empty} ...${empty}><a class="button primary" href="/">${texts.shell.notFound.next}</a><//>`;
  return html`<div class="stack">
    ${above?.(list.items)}
    <${Filters} chosen=${chosen} categories=${categories} games=${games} extra=${csv} />
    <${Table} list=${list} caption=${caption} columns=${columns} row=${row} empty=${none} />
  </div>`;
}
