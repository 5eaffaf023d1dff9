/**
 * A room for a projector: the game, how to join, the players and their results, in large type and without controls.
 *
 * The page is nobody's: it is not signed in, so it never shows what only one player may see (see token.js). `?code=` or
 * `?invite=` lets it into a private room.
 */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../api.js";
import { errorText } from "../error_text.js";
import { tileOf } from "../faces/index.js";
import { chips, signed } from "../format.js";
import { html } from "../html.js";
import { keepInvite, waysIn } from "../invites.js";
import { Closed, useTally } from "../room/closed.js";
import { useFace, useRoom, useShownBets } from "../room/page.js";
import { isRoomName } from "../rooms.js";
import { texts } from "../texts.js";
import { QrCode } from "../ui/qr_code.js";
import { useWakeLock } from "../ui/wake_lock.js";
import { playersOf } from "./players.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../shapes.d.ts").Face} Face */

const t = texts.shell.screen;
/** As many rows and past results as fit without scrolling. */
const PLAYERS = 8;
const RESULTS = 14;

/** @param {string} room */
const gameOf = (room) => room.split("-", 1)[0];

/** @param {import("../router.js").Route} route */
export const title = (route) => tileOf(gameOf(route.params.room)).title;

/**
 * Looks up the code, so that the room lets the page in.
 * @param {string} room @param {string | null} code
 */
function useCode(room, code) {
  const ready = useSignal(code === null);
  const failed = useSignal(/** @type {string | null} */ (null));
  useEffect(() => {
    if (code === null) return;
    api.request("GET /join/{code}", { path: { code } }).then(
      (found) => {
        if (found.room === room) keepInvite(room, found.invite);
        else failed.value = texts.shell.join.unknown;
        ready.value = true;
      },
      (error) => (failed.value = error.code === "not_found" ? texts.shell.join.unknown : errorText(error)),
    );
  }, [room, code]);
  return { ready: ready.value, failed: failed.value };
}

/** @param {{store: RoomStore, code: string | null}} props */
function Join({ store, code }) {
  const { path, code: typed } = waysIn(store.room, code === null ? null : { code });
  return html`<section class="wall-join surface" aria-label=${t.join}>
    <${QrCode} address=${location.origin + path} label=${texts.room.ways.qr(location.host + path)} />
    <div>
      <p>${t.joinAt(`${location.host}/join`)}</p>
      <p class="mono wall-code" data-testid="wall-code">${typed}</p>
    </div>
  </section>`;
}

/** @param {{store: RoomStore, face: Face}} props */
function Players({ store, face }) {
  const { bets, view } = useShownBets(store, face);
  const statusOf = (/** @type {import("../shapes.d.ts").LiveBet} */ bet) => face.betStatus?.(bet, view)?.text ?? "";
  const players = playersOf(store.players.value, bets, statusOf, (player) => face.stackOf?.(view, player) ?? null);
  return html`<section class="wall-players surface" aria-labelledby="wall-players">
    <h2 id="wall-players">${players.length > 0 ? t.players(players.length) : t.nobody}</h2>
    <ol>${players.slice(0, PLAYERS).map(
      ({ player, away, staked, net, words }) => html`<li key=${player} class=${away ? "dim" : ""}>
        <span class="wall-name">${player}</span>
        <span class="number dim">${staked === null ? "" : chips(staked)}</span>
        <span class=${`number ${net === null ? "dim" : net > 0 ? "win" : net < 0 ? "loss" : ""}`}
          >${net === null ? words : signed(net)}</span>
      </li>`,
    )}</ol>
    ${players.length > PLAYERS && html`<p class="dim">${t.more(players.length - PLAYERS)}</p>`}
  </section>`;
}

/** @param {{store: RoomStore, face: Face}} props */
function Results({ store, face }) {
  return html`<ol class="wall-results" aria-label=${texts.room.strip.label}>
    ${store.history.value.slice(0, RESULTS).map(({ round, outcome }) => {
      const { text: words, tone } = face.resultText(outcome);
      return html`<li key=${round} class=${`chip number ${tone === "plain" ? "" : tone}`}>${words}</li>`;
    })}
  </ol>`;
}

/** What a spectator of the wall should know about the room, in a sentence. @param {RoomStore} store */
function newsOf(store) {
  const state = store.state.value;
  if (!state) return null;
  if (state.paused && !state.closed) return texts.room.paused(state.paused);
  return state.private?.delay ? texts.private.late(state.private.delay) : null;
}

/** @param {{store: RoomStore, face: Face, code: string | null}} props */
function Wall({ store, face, code }) {
  const state = /** @type {import("../shapes.d.ts").RoomState} */ (store.state.value);
  const away = store.wire.connection.value !== "online";
  const [news, tally] = [newsOf(store), useTally(store)];
  useWakeLock();
  return html`<div class=${`room wall ${state.game}-room ${away ? "away" : ""}`} data-testid="wall" data-seq=${state.seq}>
    <header class="wall-head">
      <h1>${face.title}</h1>
      ${state.private && html`<p class="dim">${texts.private.of(state.private.owner)}</p>`}
      ${news && html`<p role="status" data-testid="wall-news">${news}</p>`}
    </header>
    <section class="wall-game" aria-label=${face.title}>
      <div class="game-frame surface">${
        state.closed ? html`<${Closed} tally=${tally} />` : html`<${face.Face} store=${store} />`
      }</div>
      <${Results} store=${store} face=${face} />
    </section>
    <div class="wall-side">
      ${!state.closed && html`<${Join} store=${store} code=${code} />`}
      <${Players} store=${store} face=${face} />
    </div>
  </div>`;
}

/** @param {{room: string, code: string | null, invite: string | null}} props */
function Shown({ room, code, invite }) {
  const store = useRoom(room, invite);
  const { face, failed } = useFace(gameOf(room));
  if (store?.state.value && face) return html`<${Wall} store=${store} face=${face} code=${code} />`;
  const error = store?.error.value;
  if (error) return html`<${Refused} why=${error.code === "no_such_room" ? t.hidden : errorText(error)} />`;
  return failed
    ? html`<${Refused} why=${texts.shell.broken.lead} />`
    : html`<p class="page">${texts.shell.loading}</p>`;
}

/** @param {{why: string}} props */
const Refused = ({ why }) => html`<div class="page narrow stack"><h1>${t.title}</h1><p role="alert">${why}</p></div>`;

/** @param {{route: import("../router.js").Route}} props */
export default function Screen({ route }) {
  const { room } = route.params;
  const code = route.query.get("code");
  const { ready, failed } = useCode(room, code);
  useEffect(() => {
    document.documentElement.classList.add("on-wall");
    return () => document.documentElement.classList.remove("on-wall");
  }, []);
  if (!isRoomName(room)) return html`<${Refused} why=${t.hidden} />`;
  if (failed) return html`<${Refused} why=${failed} />`;
  return ready && html`<${Shown} room=${room} code=${code} invite=${route.query.get("invite")} />`;
}
