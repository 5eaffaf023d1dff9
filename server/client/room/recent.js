/** The latest results of a single-player room, collected while the page is open. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { chips, signed } from "../format.js";
import { html } from "../html.js";
import { texts } from "../texts.js";

const KEEP = 30;

/** @param {{store: import("../rooms.js").RoomStore, face: import("../shapes.d.ts").Face}} props */
export function Recent({ store, face }) {
  const rows = useSignal(/** @type {any[]} */ ([]));
  useEffect(
    () =>
      store.onRevealed((event) => {
        const made = event.results.map((/** @type {any} */ line) => ({
          ...line,
          round: event.round,
          outcome: event.outcome,
        }));
        rows.value = [...made, ...rows.peek()].slice(0, KEEP);
      }),
    [],
  );
  const t = texts.room.people;
  return html`<section class="people surface" aria-labelledby="recent-title">
    <h2 id="recent-title">${t.recent}</h2>
    ${rows.value.length === 0 && html`<p class="dim small">${store.you.value ? t.recentEmpty : t.recentWatching}</p>`}
    ${
      rows.value.length > 0 &&
      html`<div class="people-frame" tabindex="0" role="group" aria-label=${t.recent}>
        <table class="people-table" data-testid="recent">
          <caption class="visually-hidden">${t.recent}</caption>
          <thead><tr>
            <th scope="col">${t.round}</th><th scope="col" class="end">${t.outcome}</th>
            <th scope="col" class="end">${t.stake}</th><th scope="col" class="end">${t.net}</th>
          </tr></thead>
          <tbody>
            ${rows.value.map(({ bet, round, outcome, amount, payout }) => {
              const tone = payout > amount ? "win" : payout === 0 ? "loss" : "";
              return html`<tr key=${bet}>
                <td><a href=${`/rounds/${round}`}>${round.slice(round.lastIndexOf(".") + 1)}</a></td>
                <td class="end number">${face.resultText(outcome).text}</td>
                <td class="end number">${chips(amount)}</td>
                <td class=${`end number ${tone}`}>${signed(payout - amount)}</td>
              </tr>`;
            })}
          </tbody>
        </table>
      </div>`
    }
  </section>`;
}
