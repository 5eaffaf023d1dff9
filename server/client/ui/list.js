/** Long lists, loaded page by page, with an empty state that suggests what to do next. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../api.js";
import { errorText } from "../error_text.js";
import { html } from "../html.js";
import { texts } from "../texts.js";

/** @typedef {import("../shapes.d.ts").ListCall} ListCall */
/** @typedef {Record<string, string>} Params */
/** @typedef {import("../http.d.ts").HttpCalls[ListCall]["answer"]["items"][number]} Item */
/** @typedef {{items: Item[], cursor: string | null, loading: boolean, error: unknown}} Listing */

/**
 * The list that `call` returns, or nothing if it is null. Starts over whenever `params` or `refresh` change.
 * @param {ListCall | null} call @param {Params} params @param {unknown} [refresh]
 */
export function useList(call, params, refresh) {
  const listing = useSignal(/** @type {Listing} */ ({ items: [], cursor: null, loading: true, error: null }));

  /** @param {Item[]} before @param {string | null} cursor @param {() => boolean} current */
  const load = async (before, cursor, current) => {
    if (!call) return;
    listing.value = { ...listing.peek(), loading: true, error: null };
    try {
      const page = await api.request(call, { query: { ...params, ...(cursor && { cursor }) } });
      const items = [...before, ...page.items];
      if (current()) listing.value = { items, cursor: page.next_cursor, loading: false, error: null };
    } catch (error) {
      if (current()) listing.value = { ...listing.peek(), loading: false, error };
    }
  };

  useEffect(() => {
    let current = true;
    void load([], null, () => current);
    return () => {
      current = false;
    };
  }, [call, JSON.stringify(params), refresh]);

  return {
    ...listing.value,
    more: () => load(listing.peek().items, listing.peek().cursor, () => true),
    again: () => load([], null, () => true),
  };
}

/** @param {{title: string, next: string, children?: any}} props */
export function Empty({ title, next, children }) {
  return html`<div class="empty" data-testid="empty"><p><strong>${title}</strong></p><p class="dim">${next}</p>
    ${children}</div>`;
}

/** @param {{error: unknown, again: () => void}} props */
export function Failed({ error, again }) {
  return html`<div class="notice bad" role="alert"><p>${errorText(error)}</p>
    <button type="button" class="button" onClick=${again}>${texts.shell.retry}</button></div>`;
}

/**
 * @param {{
 *   list: ReturnType<typeof useList>,
 *   caption: string,
 *   columns: {name: string, end?: boolean}[],
 *   row: (item: Item) => unknown,
 *   empty: unknown,
 * }} props
 */
export function Table({ list, caption, columns, row, empty }) {
  const { items, loading, error, cursor } = list;
  if (error && !items.length) return html`<${Failed} error=${error} again=${list.again} />`;
  if (loading && !items.length) return html`<p class="dim" aria-busy="true">${texts.shell.loading}</p>`;
  if (!items.length) return empty;
  return html`<div class="stack">
    <div class="table-frame" tabindex="0" role="region" aria-label=${caption}>
      <table class="table">
        <caption class="visually-hidden">${caption}</caption>
        <thead><tr>${columns.map(
          ({ name, end }) => html`<th key=${name} scope="col"
          class=${end && "end"}>${name}</th>`,
        )}</tr></thead>
        <tbody>${items.map(row)}</tbody>
      </table>
    </div>
    ${error && html`<${Failed} error=${error} again=${list.more} />`}
    ${
      cursor &&
      html`<p><button type="button" class="button" aria-busy=${loading} disabled=${loading}
      onClick=${list.more}>${texts.shell.more}</button></p>`
    }
  </div>`;
}
