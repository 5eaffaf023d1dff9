/** A filtered, downloadable history: the common part of transactions, bets and sessions. */

import { useEffect, useState } from "preact/hooks";
import { api } from "../api.js";
import { html } from "../html.js";
import { errorText, text } from "../text.js";
import { token } from "../token.js";
import { Filters, filterParams, NOTHING } from "./filters.js";
import { Icon } from "./icons.js";
import { Empty, Table, useList } from "./list.js";
import { toast } from "./toast.js";

/** The games by name, for a filter. @returns {Record<string, string>} */
function useGames() {
  const [games, set] = useState({});
  useEffect(() => {
    api.get("/games").then(
      ({ games: all }) => set(Object.fromEntries(all.map((/** @type {any} */ game) => [game.name, game.title]))),
      () => undefined,
    );
  }, []);
  return games;
}

/**
 * @param {{path: string, file: string, caption: string, columns: {name: string, end?: boolean}[], row: (item: any) => any,
 *   empty: {title: string, next: string}, categories?: Record<string, string>, above?: (items: any[]) => any, refresh?: unknown}} props
 */
export function History({ path, file, caption, columns, row, empty, categories, above, refresh }) {
  const [chosen, choose] = useState(NOTHING);
  const games = useGames();
  const params = filterParams(chosen);
  const list = useList(token.get() ? path : "", params, refresh);
  const filtered = Object.values(chosen).some(Boolean);
  const download = () =>
    api.download(path, { ...params, format: "csv" }, file).catch((error) => toast(errorText(error), "bad"));
  const csv = html`<button type="button" class="button" onClick=${download}><${Icon} name="download" />
    ${text.wallet.csv}</button>`;
  const none = filtered
    ? html`<div class="empty"><p>${text.wallet.emptyFilter}</p>
      <button type="button" class="button" onClick=${() => choose(NOTHING)}>${text.wallet.clear}</button></div>`
    : html`<${Empty} ...${empty}><a class="button primary" href="/">${text.notFound.next}</a><//>`;
  return html`<div class="stack">
    ${above?.(list.items)}
    <${Filters} chosen=${chosen} choose=${choose} categories=${categories} games=${games} extra=${csv} />
    <${Table} list=${list} caption=${caption} columns=${columns} row=${row} empty=${none} />
  </div>`;
}
