/** The bets of the round, largest first, and the players in the room. */

import { chips, chipsExact } from "../format.js";
import { html } from "../html.js";
import { texts } from "../texts.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../shapes.d.ts").Face} RoomFace */
/** @typedef {import("../shapes.d.ts").LiveBet} LiveBet */

const t = texts.room.people;
const SHOWN = 60;

/** @param {LiveBet} bet */
function outcomeOf(bet) {
  if (bet.payout === undefined) return null;
  return bet.payout > 0 ? { text: "", payout: bet.payout, tone: "win" } : { text: t.lost, payout: 0, tone: "loss" };
}

/** @param {{bet: LiveBet, face: RoomFace, view: Record<string, any>, own: boolean}} props */
function Row({ bet, face, view, own }) {
  const status = face.betStatus?.(bet, view) ?? outcomeOf(bet);
  return html`<tr class=${own ? "own" : ""} data-bet=${bet.bet}>
    <th scope="row"><a href=${`/users/${bet.player}`}>${bet.player}</a>
      ${own && html` <span class="dim">${t.you}</span>`}</th>
    <td class="end number">${chips(bet.amount)}</td>
    <td class=${`end number ${status?.tone ?? "dim"}`}>${status?.text}</td>
    <td class=${`end number ${status?.tone ?? ""}`}>${status?.payout ? chipsExact(status.payout) : ""}</td>
  </tr>`;
}

/** @param {{store: RoomStore, face: RoomFace, bets: LiveBet[], view: Record<string, any>}} props */
export function Bets({ store, face, bets, view }) {
  const you = store.you.value?.player;
  const sorted = [...bets].sort((a, b) => b.amount - a.amount);
  const total = bets.reduce((sum, bet) => sum + bet.amount, 0);
  return html`<section class="people surface" aria-labelledby="bets-title">
    <div class="row spread">
      <h2 id="bets-title">${t.title}</h2>
      ${bets.length > 0 && html`<span class="dim small number">${t.total(bets.length, total)}</span>`}
    </div>
    ${bets.length === 0 && html`<p class="dim small">${you ? t.empty : t.emptyWatching}</p>`}
    ${
      bets.length > 0 &&
      html`<div class="people-frame" tabindex="0" role="region" aria-label=${t.label}>
        <table class="people-table" data-testid="bets">
          <caption class="visually-hidden">${t.label}</caption>
          <colgroup><col class="who" /><col /><col /><col /></colgroup>
          <tbody>
            ${sorted
              .slice(0, SHOWN)
              .map(
                (bet) => html`<${Row} key=${bet.bet} bet=${bet} face=${face} view=${view} own=${bet.player === you} />`,
              )}
          </tbody>
        </table>
      </div>`
    }
    ${bets.length > SHOWN && html`<p class="dim small">${t.more(bets.length - SHOWN)}</p>`}
    <${Here} store=${store} />
  </section>`;
}

/** @param {{store: RoomStore}} props */
export function Here({ store }) {
  const players = store.players.value;
  if (players.length === 0) return null;
  return html`<p class="here small">
    <span class="dim">${t.here}: </span>
    ${players.slice(0, SHOWN).map(
      ({ player, away }, index) => html`<span key=${player} class=${away ? "dim" : ""}
        >${index > 0 && ", "}<a href=${`/users/${player}`}>${player}</a>${away && ` (${t.away})`}</span>`,
    )}
  </p>`;
}
