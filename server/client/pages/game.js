/** A game's page: its rules, return to player, and a link to play. */

import { ApiError } from "../api.js";
import { tileOf } from "../faces/index.js";
import { number, percent } from "../format.js";
import { html } from "../html.js";
import { inOurWords } from "../served.js";
import { texts } from "../texts.js";
import { useAnswer } from "../ui/answer.js";
import { Failed } from "../ui/list.js";
import { playAlone } from "./lobby.js";

const t = texts.shell.game;

/** @param {import("../router.js").Route} route */
export const title = (route) => tileOf(route.params.name).title;

/** @param {{game: import("../http.d.ts").GameView}} props */
function Rules({ game }) {
  const paragraphs = game.rules.split(/\n\s*\n/);
  return html`<div class="page narrow stack">
    <h1>${game.title}</h1>
    <p class="lead">${game.summary}</p>
    <p class="row">${
      game.public
        ? html`<a class="button primary large" href="/rooms/${game.name}">${t.toRoom}</a>`
        : !game.shared &&
          html`<button type="button" class="button primary large" onClick=${() => playAlone(game.name)}>
            ${t.alone}</button>`
    }${
      game.shared &&
      html` <a class=${`button large ${game.public ? "" : "primary"}`} href="/rooms?game=${game.name}">
        ${t.openRoom}</a>`
    }</p>
    <section class="surface stack"><h2>${t.rules}</h2>
      ${paragraphs.map((words) => html`<p>${words}</p>`)}</section>
    <dl class="surface facts">
      <div><dt>${t.limits}</dt><dd>${t.stakes(game.limits.min_stake, game.limits.max_stake)}</dd></div>
      <div><dt>${t.rtp}</dt><dd>${percent(game.return_to_player)}</dd></div>
      <div><dt>${t.largest}</dt><dd>${t.times(number(game.largest_multiplier))}</dd></div>
    </dl>
  </div>`;
}

/** @param {{route: import("../router.js").Route}} props */
export default function GamePage({ route }) {
  const { answer, error: failed, load } = useAnswer("GET /games/{name}", { path: { name: route.params.name } });
  if (answer.value) return html`<${Rules} game=${inOurWords(answer.value)} />`;
  const error = failed.value;
  const missing = error instanceof ApiError && error.code === "not_found";
  if (missing)
    return html`<div class="page narrow stack"><h1>${title(route)}</h1><p role="alert">${t.missing}</p>
    <p><a class="button primary" href="/">${texts.shell.notFound.next}</a></p></div>`;
  if (error)
    return html`<div class="page narrow stack"><h1>${title(route)}</h1>
      <${Failed} error=${error} again=${load} /></div>`;
  return html`<p class="page dim" aria-busy="true">${texts.shell.loading}</p>`;
}
