/** The lobby: live rooms, private rooms, single-player games, and an invitation for guests. */

import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api } from "../api.js";
import { errorText } from "../error_text.js";
import { tileOf } from "../faces/index.js";
import { html } from "../html.js";
import { inOrder, quickSeat } from "../lobby_order.js";
import { doorPath } from "../next_page.js";
import { PrivateTile } from "../private/tile.js";
import { joinGame } from "../rooms.js";
import { navigate } from "../router.js";
import { inOurWords, titled } from "../served.js";
import { shownWallet } from "../shown_wallet.js";
import { texts } from "../texts.js";
import { Empty, Failed } from "../ui/list.js";
import { usePoll } from "../ui/now.js";
import { OpenRounds } from "../ui/open_rounds.js";
import { GamePicture } from "../ui/picture.js";
import { RoomTile } from "../ui/room_tile.js";
import { Skeleton } from "../ui/skeleton.js";
import { toast } from "../ui/toast.js";
import { wire } from "../wire.js";

/** @typedef {import("../types.js").RoomSummary} RoomSummary */
/** @typedef {import("../http.d.ts").GameView} GameView */
/** @typedef {import("../http.d.ts").OwnRoom} OwnRoom */

const t = texts.shell.lobby;
const EVERY_MS = 4_000;
/** How many private rooms the page follows live. For the others it shows the list's data. */
const LIVE = 24;

/**
 * Kept between visits, so that the lobby shows at once on return.
 * @type {import("@preact/signals").Signal<RoomSummary[] | null>}
 */
const rooms = signal(null);
/** @type {import("@preact/signals").Signal<GameView[]>} */
const games = signal([]);
/** The player's own unlisted rooms. @type {import("@preact/signals").Signal<OwnRoom[]>} */
const secret = signal([]);
/** @type {import("@preact/signals").Signal<unknown>} */
const failed = signal(null);

/** A stable order, whichever node answers. @param {RoomSummary} a @param {RoomSummary} b */
const byTitle = (a, b) =>
  a.title.localeCompare(b.title) || (a.owner ?? "").localeCompare(b.owner ?? "") || a.room.localeCompare(b.room);

async function refresh() {
  if (wire.connection.peek() !== "online") return;
  try {
    rooms.value = (await wire.request("rooms", {})).rooms.map(titled).sort(byTitle);
    failed.value = null;
    if (!games.peek().length) await loadGames();
  } catch (error) {
    failed.value = error;
  }
}

/** @type {Promise<void> | null} */
let loadingGames = null;

/** Refreshes may overlap on a slow network; they wait for the same answer. */
function loadGames() {
  loadingGames ??= api
    .request("GET /games")
    .then((answer) => {
      games.value = answer.games.map(inOurWords);
    })
    .finally(() => {
      loadingGames = null;
    });
  return loadingGames;
}

async function findSecret() {
  secret.value = [];
  if (!wire.me.peek()) return;
  const own = await api.request("GET /me/rooms").catch(() => null);
  secret.value = own?.rooms.filter((room) => !room.listed) ?? [];
}

export const title = () => t.title;

/** How long to wait for a connection in progress. */
const CONNECTING_MS = 8_000;

/** Open a single-player game, or ask a guest to sign in. @param {string} game */
export async function playAlone(game) {
  try {
    // Right after loading, the page does not know yet whether the player is signed in.
    if (wire.connection.peek() === "connecting") await wire.online(CONNECTING_MS);
    if (!wire.me.peek()) return navigate(doorPath("/sign-in"));
    const store = await joinGame(game);
    navigate(`/rooms/${store.room}`);
    store.close();
  } catch (error) {
    toast(errorText(error), "bad");
  }
}

/** @param {{game: GameView}} props */
function SoloTile({ game }) {
  const busy = useSignal(false);
  const play = async () => {
    busy.value = true;
    await playAlone(game.name);
    busy.value = false;
  };
  const words = wire.me.value ? t.play : t.soloSignIn;
  return html`<article class="surface solo-tile">
    <${GamePicture} of=${tileOf(game.name)} />
    <h3>${game.title}</h3>
    <p class="dim">${game.summary}</p>
    <div class="row">
      <button type="button" class="button primary" aria-label="${words}: ${game.title}" aria-busy=${busy.value}
        disabled=${busy.value} onClick=${play}>${t.play}</button>
      <a class="button quiet" href="/games/${game.name}" aria-label="${t.rules}: ${game.title}">${t.rules}</a>
    </div>
  </article>`;
}

function Invitation() {
  if (wire.me.value) return null;
  return html`<section class="surface invitation" aria-label=${texts.shell.bar.signUp}>
    <p>${t.invite}</p>
    <div class="row">
      <a class="button primary large" href=${doorPath("/sign-up")}>${texts.shell.bar.signUp}</a>
      <a class="button large" href=${doorPath("/sign-in")}>${texts.shell.bar.signIn}</a>
    </div>
  </section>`;
}

/** The way into the liveliest room. */
function QuickSeat() {
  const room = quickSeat(rooms.value ?? []);
  if (!room) return null;
  return html`<a class="button primary large quick-seat" href=${`/rooms/${room.room}`} data-testid="quick-seat">
    ${wire.me.value ? t.quickSeat : t.quickWatch}<span class="small">${t.quickRoom(room.title, room.players)}</span></a>`;
}

function LiveRooms() {
  const order = useRef(/** @type {string[]} */ ([]));
  const found = rooms.value?.filter((room) => room.shared && !room.private);
  const shared = found && inOrder(found, order.current);
  order.current = shared?.map(({ room }) => room) ?? order.current;
  if (!shared && failed.value) return html`<${Failed} error=${failed.value} again=${refresh} />`;
  if (!shared) return null;
  if (!shared.length) return html`<${Empty} title=${t.empty} next=${t.emptyNext} />`;
  return html`<div class="grid live">
    ${shared.map((summary) => html`<${RoomTile} key=${summary.room} summary=${summary} />`)}</div>`;
}

/** One of the player's own rooms, in the shape of a listed room. @param {OwnRoom} own @returns {RoomSummary} */
function summaryOf({ room, game, seats, watch, delay }) {
  const title = games.peek().find((each) => each.name === game)?.title ?? game;
  return {
    room,
    game,
    title,
    owner: wire.me.value?.username ?? null,
    seats,
    watch,
    delay,
    shared: true,
    private: true,
    invited_only: true,
    options: {},
    players: 0,
    spectators: 0,
    history: [],
    phase: "betting",
    closes_at: null,
    started_at: null,
    paused: null,
    round: null,
  };
}

function PrivateRooms() {
  const listed = rooms.value?.filter((room) => room.private);
  useEffect(() => void findSecret(), [wire.me.value?.username]);
  if (!listed) return null;
  const all = [...secret.value.map(summaryOf), ...listed];
  const schemas = new Map(games.value.map((game) => [game.name, game.options]));
  return html`<section class="stack" aria-labelledby="private-rooms">
    <div class="row spread">
      <div><h2 id="private-rooms">${texts.private.title}</h2><p class="dim">${texts.private.lead}</p></div>
      <div class="row">
        <a class="button" href="/join">${texts.private.join}</a>
        <a class="button" href="/rooms">${texts.private.open}</a>
      </div>
    </div>
    ${all.length === 0 && html`<${Empty} title=${texts.private.empty} next=${texts.private.emptyNext} />`}
    <div class="grid">${all.map(
      (summary, index) =>
        html`<${PrivateTile} key=${summary.room} summary=${summary} schema=${schemas.get(summary.game) ?? null}
          live=${index < LIVE} />`,
    )}</div>
  </section>`;
}

export default function Lobby() {
  usePoll(() => void refresh(), EVERY_MS, [wire.connection.value === "online"]);
  const solo = games.value.filter((game) => !game.shared);
  if (!rooms.value && !failed.value) return html`<${Skeleton} of="lobby" />`;
  return html`<div class="page stack lobby">
    <div class="row spread lobby-head">
      <div><h1>${t.title}</h1><p class="dim">${t.lead}</p></div>
      <${QuickSeat} />
    </div>
    <${OpenRounds} held=${wire.me.value ? (shownWallet.value?.held ?? 0) : 0} />
    <section class="stack" aria-labelledby="live-rooms"><h2 id="live-rooms">${t.live}</h2><${LiveRooms} /></section>
    <${PrivateRooms} />
    ${
      solo.length > 0 &&
      html`<section class="stack" aria-labelledby="solo-games"><h2 id="solo-games">${t.solo}</h2>
      <div class="grid solo">${solo.map((game) => html`<${SoloTile} key=${game.name} game=${game} />`)}</div></section>`
    }
    <${Invitation} />
  </div>`;
}
