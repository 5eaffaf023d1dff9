/** The proof page: loads a past round, recomputes it in the browser and explains the result. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, api } from "../api.js";
import { announce } from "../dom.js";
import { errorText } from "../error_text.js";
import { TILES, tileOf } from "../faces/index.js";
import { chipsExact, dateTime } from "../format.js";
import { html } from "../html.js";
import { gameInfo } from "../room/game_info.js";
import { Share } from "../room/share.js";
import { texts, wordFor } from "../texts.js";
import { HandFiles } from "../ui/hand_files.js";
import { Icon } from "../ui/icons.js";
import { Journal } from "./journal.js";
import { isSecretFor, verdictOf, verifyRound } from "./verify.js";

/** @typedef {import("./verify.js").Proof} Proof */
/** @typedef {import("./verify.js").Check} Check */

const t = texts.room.proof;

/** @param {import("../router.js").Route} route */
export const title = (route) => t.title(route.params.round);

/**
 * @typedef {object} Loaded
 * @property {Proof | null} proof
 * @property {boolean} secret whether the server seed is published later
 * @property {Map<string, string>} names the present names of the players, by bet
 * @property {Check[] | null} checks
 * @property {unknown} error
 */

/** @param {string} round @returns {Promise<Loaded>} */
async function load(round) {
  try {
    const [{ answer: proof, answeredAt }, named] = await Promise.all([
      api.requestWithTime("GET /rounds/{round}", { path: { round } }),
      api.request("GET /rounds/{round}/players", { path: { round } }),
    ]);
    const checks = crypto.subtle ? await verifyRound(proof, answeredAt) : null;
    const names = new Map(named.players.map(({ bet, player }) => [bet, player]));
    return { proof, secret: isSecretFor(proof, answeredAt), names, checks, error: null };
  } catch (error) {
    return { proof: null, secret: false, names: new Map(), checks: null, error };
  }
}

/** When the server seed is published. @param {Proof} proof */
const publishedOn = ({ published_later: later }) => dateTime(Date.parse(later?.at ?? ""));

/** @param {Proof} proof @param {boolean} secret @param {Check[] | null} checks */
function summaryOf(proof, secret, checks) {
  if (proof.status === "void") return { words: t.void, tone: "", verdict: "void" };
  if (proof.status === "open") return { words: t.open, tone: "", verdict: "open" };
  if (!checks) return { words: t.insecure, tone: "", verdict: "unchecked" };
  const verdict = verdictOf(checks);
  if (verdict === true) return { words: t.holds, tone: "good", verdict: "holds" };
  if (verdict === false) return { words: t.fails, tone: "bad", verdict: "fails" };
  if (secret) return { words: t.later(publishedOn(proof)), tone: "", verdict: "later" };
  return { words: t.partly, tone: "", verdict: "partly" };
}

/** @param {{proof: Proof, secret: boolean, checks: Check[] | null}} props */
function Verdict({ proof, secret, checks }) {
  const { words, tone, verdict } = summaryOf(proof, secret, checks);
  useEffect(() => announce(words), [words]);
  return html`<p class=${`notice verdict ${tone}`} data-testid="verdict" data-verdict=${verdict}>
    ${tone === "good" && html`<${Icon} name="check" />`}${tone === "bad" && html`<${Icon} name="cross" />`}
    <strong>${words}</strong>
  </p>`;
}

/** @param {{checks: Check[], secret: boolean}} props */
function Checks({ checks, secret }) {
  const unchecked = secret ? t.pending : t.unknown;
  return html`<section class="surface stack" aria-labelledby="checks-title">
    <h2 id="checks-title">${t.checks}</h2>
    <ul class="checks" data-testid="checks">
      ${checks.map(({ name, ok, title: what, detail }) => {
        const [word, tone] = ok === true ? [t.ok, "win"] : ok === false ? [t.bad, "loss"] : [unchecked, "warning"];
        return html`<li key=${name} data-check=${name} data-ok=${String(ok)}>
          <span class=${`check-mark ${tone}`}>
            ${ok === null ? html`<span aria-hidden="true">?</span>` : html`<${Icon} name=${ok ? "check" : "cross"} />`}
          </span>
          <div><p>${what} <span class=${`small ${tone}`}>${word}</span></p>
            <p class="dim small check-detail">${detail}</p></div>
        </li>`;
      })}
    </ul>
  </section>`;
}

/** @param {{proof: Proof, secret: boolean}} props */
function Seeds({ proof, secret }) {
  const seeds = proof.client_seed ? proof.client_seed.split(",") : [];
  return html`<section class="surface stack" aria-labelledby="seeds-title">
    <h2 id="seeds-title">${t.seeds}</h2>
    <dl class="facts">
      <dt>${t.hash}</dt><dd><code>${proof.server_seed_hash}</code></dd>
      <dt>${t.serverSeed}</dt>
      <dd>${
        proof.server_seed
          ? html`<code data-testid="server-seed">${proof.server_seed}</code>`
          : html`<span
        class="dim">${secret ? t.serverSeedLater(publishedOn(proof)) : t.serverSeedSecret}</span>`
      }</dd>
      ${
        proof.status === "settled" &&
        html`<dt>${t.clientSeed}</dt>
          <dd>${
            seeds.length === 0
              ? html`<span class="dim">${t.noClientSeed}</span>`
              : html`<ol
            class="seeds">${seeds.map((seed) => html`<li><code>${seed}</code></li>`)}</ol>`
          }</dd>`
      }
      <dt>${t.nonce}</dt><dd class="number">${proof.nonce}</dd>
    </dl>
  </section>`;
}

/** @param {any} selection */
function chosen(selection) {
  const pairs = Object.entries(selection ?? {});
  const told = (/** @type {[string, any]} */ [name, value]) => {
    const words = wordFor(name) ?? name.replaceAll("_", " ");
    return value === true ? words : `${words} ${wordFor(value) ?? value}`;
  };
  // What is not chosen says nothing.
  return (
    pairs
      .filter(([, value]) => value !== false)
      .map(told)
      .join(", ") || "–"
  );
}

/** @param {{proof: Proof, names: Map<string, string>}} props */
function Bets({ proof, names }) {
  if (proof.bets.length === 0)
    return html`<section class="surface stack"><h2>${t.bets}</h2><p class="dim">${t.noBets}</p></section>`;
  return html`<section class="stack" aria-labelledby="bets-title">
    <h2 id="bets-title">${t.bets}</h2>
    <div class="table-frame" tabindex="0" role="region" aria-labelledby="bets-title">
      <table class="table" data-testid="proof-bets">
        <thead><tr>
          <th scope="col">${t.bet}</th><th scope="col">${t.player}</th><th scope="col" class="end">${t.stake}</th>
          <th scope="col">${t.selection}</th><th scope="col">${t.result}</th>
          <th scope="col" class="end">${t.payout}</th>
        </tr></thead>
        <tbody>
          ${proof.bets.map(
            (bet) => html`<tr key=${bet.bet}>
              <td class="number">${bet.bet.slice(bet.bet.lastIndexOf(".") + 1)}</td>
              <td>${
                names.has(bet.bet)
                  ? html`<a href=${`/users/${names.get(bet.bet)}`}>${names.get(bet.bet)}</a>`
                  : html`<span
                class="dim">${t.gone(bet.seat)}</span>`
              }</td>
              <td class="end number">${chipsExact(bet.amount)}</td>
              <td>${chosen(bet.selection)}</td>
              <td>${t.results[bet.result] ?? bet.result}</td>
              <td class=${`end number ${bet.payout > bet.amount ? "win" : ""}`}>${chipsExact(bet.payout)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** @param {{proof: Proof}} props */
function Head({ proof }) {
  const tile = tileOf(proof.game);
  // Only the server knows the title of a game without a tile of its own.
  useEffect(() => void (proof.game in TILES || gameInfo(proof.game)), [proof.game]);
  const before = proof.number > 1 ? `/rounds/${proof.room}.${proof.number - 1}` : null;
  return html`<header class="proof-head stack">
    <h1>${t.title(proof.round)}</h1>
    <p class="row dim small">
      <span>${tile.title}</span> <time datetime=${new Date(proof.opened_at_ms).toISOString()}>
        ${dateTime(proof.opened_at_ms)}</time>
    </p>
    ${
      proof.status === "settled" &&
      proof.outcome &&
      html`<p class="proof-outcome number" data-testid="outcome">
      <span class="visually-hidden">${t.outcome}: </span>${tile.resultText(proof.outcome).text}</p>`
    }
    <div class="row">
      ${before && html`<a class="button" href=${before}>${t.previous}</a>`}
      ${
        proof.status !== "open" &&
        html`<a class="button" href=${`/rounds/${proof.room}.${proof.number + 1}`}>
        ${t.next}</a>`
      }
      <a class="button" href=${`/rooms/${proof.room}`}>${t.room}</a>
      <${Share} path=${`/rounds/${proof.round}`} label=${t.share} done=${t.copied} />
    </div>
  </header>`;
}

/** The hand in words, as the server writes it for us. @param {{proof: Proof}} props */
function Hand({ proof }) {
  const words = useSignal("");
  useEffect(() => {
    words.value = "";
    api.handText(proof.round).then(
      (text) => (words.value = text),
      () => undefined,
    );
  }, [proof.round]);
  if (!words.value) return null;
  return html`<section class="surface stack" aria-labelledby="hand-title">
    <div class="row spread"><h2 id="hand-title">${t.hand}</h2><${HandFiles} round=${proof.round} /></div>
    <pre class="hand-words small" tabindex="0" data-testid="hand-words">${words.value}</pre>
    <p class="dim small">${t.handHint}</p>
  </section>`;
}

/** @param {{proof: Proof, secret: boolean, names: Map<string, string>, checks: Check[] | null}} props */
function Round({ proof, secret, names, checks }) {
  return html`<div class="page proof stack" data-testid="proof">
    <${Head} proof=${proof} />
    <${Verdict} proof=${proof} secret=${secret} checks=${checks} />
    ${checks && checks.length > 0 && html`<${Checks} checks=${checks} secret=${secret} />`}
    ${proof.status === "settled" && tileOf(proof.game).hasHandFiles && html`<${Hand} proof=${proof} />`}
    <${Seeds} proof=${proof} secret=${secret} />
    ${proof.status === "settled" && html`<${Bets} proof=${proof} names=${names} /><${Journal} proof=${proof} names=${names} />`}
    <details class="surface"><summary>${t.how}</summary><div class="stack"><p>${t.howText}</p><p
      class="dim">${t.limits}</p></div></details>
  </div>`;
}

/** @param {{route: import("../router.js").Route}} props */
export default function RoundPage({ route }) {
  const loaded = useSignal(/** @type {Loaded | null} */ (null));
  useEffect(() => {
    let current = true;
    void load(route.params.round).then((found) => {
      if (current) loaded.value = found;
    });
    return () => {
      current = false;
    };
  }, [route.params.round]);
  if (!loaded.value) return html`<p class="page dim" aria-busy="true">${t.loading}</p>`;
  const { proof, secret, names, checks, error } = loaded.value;
  if (proof) return html`<${Round} proof=${proof} secret=${secret} names=${names} checks=${checks} />`;
  const missing = error instanceof ApiError && (error.status === 404 || error.status === 422);
  return html`<div class="page narrow stack"><h1>${title(route)}</h1>
    <p role="alert">${missing ? t.missing : `${t.failed} ${errorText(error)}`}</p>
    <p><a class="button primary" href="/">${texts.room.page.back}</a></p></div>`;
}
