/** The fairness badge: the hash of the server seed, what it means, and a link to a proof. */

import { html } from "../html.js";
import { texts } from "../texts.js";

const t = texts.room.fairness;
const BOX = "fairness-box";

function Shield() {
  return html`<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"
    stroke-linejoin="round"
    stroke-linecap="round" aria-hidden="true"><path
      d="M12 3 4.5 6v5.5c0 4.6 3.1 8 7.5 9.5 4.4-1.5 7.5-4.9 7.5-9.5V6L12 3Zm-3 9 2.2 2.2L15.3 10" /></svg>`;
}

/** @param {{store: import("../rooms.js").RoomStore}} props */
export function Fairness({ store }) {
  const round = store.round.value;
  const hash = round?.server_seed_hash ?? "";
  return html`<button type="button" class="button quiet badge" popovertarget=${BOX} data-testid="fairness">
      <${Shield} /><span>${t.badge}</span> <code class="badge-hash">${hash.slice(0, 8)}</code>
    </button>
    <${Explanation} store=${store} />`;
}

/** @param {{store: import("../rooms.js").RoomStore, round: string}} props */
function Seed({ store, round }) {
  const { seed, fixed } = store.clientSeed(round);
  const player = store.you.value?.player;
  const hasBet = store.bets.value.some((bet) => bet.player === player);
  if (hasBet && !store.isSeedSent(round)) return html`<dt>${t.seed}</dt><dd>${t.seedElsewhere}</dd>`;
  return html`<dt>${t.seed}</dt><dd><code data-testid="client-seed">${seed}</code>
    <br />${fixed ? t.seedFixed : t.seedFresh} <a href="/account">${t.seedChange}</a></dd>`;
}

/** @param {{store: import("../rooms.js").RoomStore}} props */
function Explanation({ store }) {
  const round = store.round.value;
  const past = store.history.value[0]?.round;
  const hours = store.state.value?.options?.seed_delay_hours;
  return html`<div id=${BOX} class="popover surface stack" popover="auto" aria-labelledby="fairness-title">
    <h2 id="fairness-title">${t.title}</h2>
    <p class="small">${t.lead}</p>
    ${hours && html`<p class="small">${t.later(hours)}</p>`}
    ${
      round
        ? html`<dl class="facts small">
            <dt>${t.round}</dt><dd><code>${round.round}</code></dd>
            <dt>${t.hash}</dt><dd><code data-testid="seed-hash">${round.server_seed_hash}</code></dd>
            ${store.wire.me.value && html`<${Seed} store=${store} round=${round.round} />`}
          </dl>`
        : html`<p class="small dim">${t.none}</p>`
    }
    <div class="row">
      ${past && html`<a class="button primary" href=${`/rounds/${past}`}>${t.last(past)}</a>`}
      <button type="button" class="button" popovertarget=${BOX} popovertargetaction="hide">${t.close}</button>
    </div>
  </div>`;
}
