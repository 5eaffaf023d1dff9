/** The room page: game, bet panel, bets, chat and notices. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { errorText } from "../error_text.js";
import { loadFace, tileOf } from "../faces/index.js";
import { html } from "../html.js";
import { invited, keepInvite } from "../invites.js";
import { doorPath } from "../next_page.js";
import { loadOwnLimits } from "../own_limits.js";
import { OwnerTools, PrivateLine, PrivateNotices } from "../private/room.js";
import { isRoomName, openRoom } from "../rooms.js";
import { texts } from "../texts.js";
import { Skeleton } from "../ui/skeleton.js";
import { updates } from "../updates.js";
import { Chat } from "./chat.js";
import { Closed, useTally } from "./closed.js";
import { Fairness } from "./fairness.js";
import { gameInfo } from "./game_info.js";
import { KeysDialog, keysShown, useKeyboard } from "./keys.js";
import { useMoments } from "./moments.js";
import { Bets } from "./people.js";
import { QrButton } from "./qr_button.js";
import { Recent } from "./recent.js";
import { Invitation, useSeat } from "./seat.js";
import { Share } from "./share.js";
import { Strip } from "./strip.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../http.d.ts").GameView} GameView */
/** @typedef {import("../shapes.d.ts").Face} Face */

const t = texts.room.page;

/** @param {import("../router.js").Route} route */
export const title = (route) => tileOf(route.params.room.split("-", 1)[0]).title;

/** Opens the room's store while the page is shown. @param {string} room @param {string | null} invite */
export function useRoom(room, invite) {
  const store = useSignal(/** @type {RoomStore | null} */ (null));
  useEffect(() => {
    keepInvite(room, invite);
    const opened = openRoom(room);
    store.value = opened;
    return () => opened.close();
  }, [room, invite]);
  return store.value;
}

/**
 * Why the room can't be shown, in words; null if it can. A private room that can't be watched may still be joined, so a
 * signed-in player tries to take a seat.
 * @param {RoomStore | null} store
 */
function useRefusal(store) {
  const refused = useSignal(/** @type {unknown} */ (null));
  const [error, me] = [store?.error.value, store?.wire.me.value?.username];
  const shut = error?.code === "no_such_room" && store?.wire.connection.value === "online";
  useEffect(() => {
    refused.value = null;
    if (store && shut && me) store.join().catch((/** @type {unknown} */ problem) => (refused.value = problem));
  }, [store, shut, me]);
  if (!error) return null;
  if (error.code !== "no_such_room") return errorText(error);
  if (!me) return texts.private.room.hiddenSignIn;
  const why = /** @type {{code?: string} | null} */ (refused.value);
  return why && (why.code === "no_such_room" ? texts.private.room.hidden : errorText(why));
}

/** The face of the game, null until it is loaded, and whether that failed. @param {string} game */
export function useFace(game) {
  const face = useSignal(/** @type {Face | null} */ (null));
  const failed = useSignal(false);
  useEffect(() => {
    loadFace(game).then(
      (found) => (face.value = found),
      (error) => {
        failed.value = true;
        void updates.missed(error);
      },
    );
  }, [game]);
  return { face: face.value, failed: failed.value };
}

/** @param {string | undefined} game */
function useInfo(game) {
  const info = useSignal(/** @type {GameView | null} */ (null));
  useEffect(() => {
    if (game) void gameInfo(game).then((found) => (info.value = found));
  }, [game]);
  return info.value;
}

/**
 * The bets to show: those of the open round, or of the ended round while it lingers. Until its result may be shown, the
 * ended round looks as it did before.
 * @param {RoomStore} store
 * @param {Face} face
 */
export function useShownBets(store, face) {
  const past = useSignal(/** @type {{bets: import("../shapes.d.ts").LiveBet[], view: any} | null} */ (null));
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const stop = store.onRevealed((event) => {
      if (!face.lingers || event.results.length === 0) return;
      const cashedOut = store.view.peek().past ?? store.view.peek().cashed_out ?? [];
      past.value = { bets: event.results, view: { ...event.outcome, phase: "ended", cashed_out: cashedOut } };
      clearTimeout(timer);
      timer = setTimeout(() => (past.value = null), face.lingers);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store]);
  const hidden = store.reveals.hidden.value[0]?.before;
  return hidden ?? past.value ?? { bets: store.bets.value, view: store.view.value };
}

/** Where to go from a closed room. @param {{game: string, info: GameView | null}} props */
const Next = ({ game, info }) =>
  info?.shared === false
    ? html`<p><a class="button primary" href=${`/games/${game}`}>${t.again}</a></p>`
    : html`<p><a class="button primary" href="/">${t.back}</a></p>`;

/** @param {{store: RoomStore}} props */
function Notices({ store }) {
  const state = store.state.value;
  const missed = store.missed.value;
  if (!state) return null;
  return html`<div class="room-notices">
    ${
      state.paused &&
      !state.closed &&
      html`<p class="notice" role="status" data-testid="paused">
      ${texts.room.paused(state.paused)}</p>`
    }
    <${PrivateNotices} store=${store} />
    ${
      state.voided &&
      (state.voided.bets.length > 0 || !state.closed) &&
      html`<p class="notice" role="status" data-testid="voided">
        ${texts.room.voided(state.voided.round.slice(state.voided.round.lastIndexOf(".") + 1))}</p>`
    }
    ${
      missed &&
      html`<div class="notice" role="status" data-testid="missed"><p>${t.missed(missed.rounds, missed.change)}</p>
        <button type="button" class="button" onClick=${() => (store.missed.value = null)}>${t.gotIt}</button></div>`
    }
  </div>`;
}

/**
 * Who plays. In a single-player room, a spectator is told who it is, and for how much; the player knows.
 * @param {RoomStore} store @param {Face} face @param {GameView | null} info
 */
function audience(store, face, info) {
  const players = store.players.value;
  if (info?.shared !== false) return `${t.players(players.length)} · `;
  if (store.you.value || players.length === 0) return "";
  const [{ player }] = players;
  const own = (/** @type {{player: string | null, amount: number}[]} */ bets) =>
    bets.reduce((sum, bet) => sum + (bet.player === player ? bet.amount : 0), 0);
  return `${t.plays(player, face.title, own(store.bets.value) || own(store.last.value?.results ?? []))} · `;
}

/** @param {{store: RoomStore, face: Face, info: GameView | null}} props */
function Head({ store, face, info }) {
  const spectators = store.spectators.value;
  return html`<div class="room-head">
    <h1>${face.title}</h1>
    <p class="dim small" data-testid="audience">${audience(store, face, info)}<span
      data-testid="spectators">${t.spectators(spectators)}</span></p>
    <${Fairness} store=${store} />
  </div>`;
}

/** Whether the address of the room lets others in, or we have an invitation. @param {RoomStore} store */
function canInvite(store) {
  const terms = store.state.value?.private;
  return !terms?.invited_only || Boolean(terms.invite ?? invited(store.room).invite);
}

/** @param {{store: RoomStore, info: GameView | null, seat: ReturnType<typeof useSeat>}} props */
function Foot({ store, info, seat }) {
  const you = store.you.value;
  const isClosed = store.state.value?.closed;
  const open = !isClosed && (store.state.value?.private?.watch ?? "everybody") === "everybody";
  return html`<div class="room-foot row">
    ${
      open &&
      html`<${Share} path=${you ? `/sessions/${you.session}` : `/rooms/${store.room}`} label=${t.share}
      done=${t.shared} />`
    }
    ${info?.shared && !isClosed && canInvite(store) && html`<${QrButton} store=${store} />`}
    ${info && html`<a class="button quiet" href=${`/games/${info.name}`}>${t.rules}</a>`}
    ${
      you &&
      html`<button type="button" class="button quiet keys-button" onClick=${() => (keysShown.value = true)}>
      ${texts.room.keys.open} <kbd>?</kbd></button>`
    }
    ${
      you &&
      html`<button type="button" class="button quiet" title=${t.standHint} onClick=${() => void seat.stand()}>
      ${t.stand}</button>`
    }
    <${OwnerTools} store=${store} />
    <${PrivateLine} store=${store} info=${info} />
  </div>`;
}

/** @param {{store: RoomStore, face: Face}} props */
function Room({ store, face }) {
  const state = /** @type {import("../shapes.d.ts").RoomState} */ (store.state.value);
  const info = useInfo(state.game);
  const seat = useSeat(store, info);
  const me = store.wire.me.value?.username;
  useEffect(() => {
    if (me) void loadOwnLimits();
  }, [me]);
  const shown = useShownBets(store, face);
  useKeyboard();
  useMoments(store, face);
  const away = store.wire.connection.value !== "online";
  const tally = useTally(store);
  const { Face: Game, BetPanel } = face;
  return html`<div class=${`room ${state.game}-room ${away ? "away" : ""}`} data-testid="room" data-room=${store.room}
    data-seq=${state.seq}>
    <div class="room-stage">
      <${Head} store=${store} face=${face} info=${info} />
      <${Notices} store=${store} />
      <section class="room-game" aria-label=${face.title}>
        <${Strip} store=${store} face=${face} />
        <div class="game-frame surface">${
          state.closed
            ? html`<${Closed} tally=${tally} you=${me} next=${html`<${Next} game=${state.game} info=${info} />`} />`
            : html`<${Game} store=${store} />`
        }</div>
        ${
          info &&
          !state.you &&
          !store.wire.me.value &&
          html`<p class="room-intro dim small">${t.intro(info.summary)}</p>`
        }
      </section>
      ${
        !state.closed &&
        html`<section class="room-panel surface" aria-label=${texts.room.bet.title}>
        ${
          state.you && BetPanel
            ? html`<${BetPanel} store=${store} />`
            : html`<${Invitation} store=${store} info=${info}
          seat=${seat} />`
        }
      </section>`
      }
    </div>
    <${Foot} store=${store} info=${info} seat=${seat} />
    <div class="room-side">
      ${
        info?.shared === false
          ? html`<${Recent} store=${store} face=${face} />`
          : html`<${face.People ?? Bets} store=${store} face=${face} bets=${shown.bets} view=${shown.view} />`
      }
      <${Chat} store=${store} />
    </div>
    <${KeysDialog} />
  </div>`;
}

/** @param {{route: import("../router.js").Route}} props */
export default function RoomPage({ route }) {
  return isRoomName(route.params.room)
    ? html`<${Named} route=${route} />`
    : html`<${Trouble} route=${route} what=${texts.errors.no_such_room} guest=${false} />`;
}

/** @param {{route: import("../router.js").Route, what: string, guest: boolean}} props */
const Trouble = ({ route, what, guest }) => html`<div class="page narrow stack"><h1>${title(route)}</h1>
  <p role="alert">${what}</p>
  <p class="row"><a class="button primary" href="/">${t.back}</a>
    <a class="button" href="/join">${texts.private.join}</a>
    ${
      guest &&
      html`<a class="button" href=${doorPath("/sign-in")}>${t.signIn}</a>
      <a class="button" href=${doorPath("/sign-up")}>${t.signUp}</a>`
    }</p></div>`;

/** @param {{route: import("../router.js").Route}} props */
function Named({ route }) {
  const store = useRoom(route.params.room, route.query.get("invite"));
  const refusal = useRefusal(store);
  const { face, failed } = useFace(route.params.room.split("-", 1)[0]);
  const trouble = refusal ?? (failed ? texts.shell.broken.lead : null);
  if (store?.state.value && face) return html`<${Room} store=${store} face=${face} />`;
  if (trouble) return html`<${Trouble} route=${route} what=${trouble} guest=${!store?.wire.me.value} />`;
  return html`<${Skeleton} of="room" />`;
}
