/** What a private room adds to a room: owner and terms, the invitation, and the owner's tools. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { api } from "../api.js";
import { errorText } from "../error_text.js";
import { html } from "../html.js";
import { invitePath, wrongInvites } from "../invites.js";
import { Share } from "../room/share.js";
import { texts } from "../texts.js";
import { toast } from "../ui/toast.js";
import { termsOf } from "./terms.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */

const t = texts.private.room;

/** @param {RoomStore} store */
const termsIn = (store) => store.state.value?.private ?? null;

/**
 * The owner and the terms of the room.
 * @param {{store: RoomStore, info: import("../http.d.ts").GameView | null}} props
 */
export function PrivateLine({ store, info }) {
  const terms = termsIn(store);
  if (!terms) return null;
  const said = [terms.invite ? t.yours : t.whose(terms.owner), t.seats(terms.seats)];
  if (info) said.push(...termsOf(info.options, store.state.value?.options ?? {}));
  if (!terms.listed) said.push(t.unlisted);
  else if (terms.invited_only) said.push(t.invitedOnly);
  if (terms.watch !== "everybody")
    said.push(texts.private.watch[terms.watch].replace(/^./, (first) => first.toLowerCase()));
  return html`<p class="private-line dim small" data-testid="private">${said.join(" · ")}</p>`;
}

/** @param {{store: RoomStore, invite: string}} props */
const Invite = ({ store, invite }) =>
  html`<${Share} path=${invitePath(store.room, invite)} label=${t.invite} sheet=${t.inviteBySheet}
    done=${t.invited} />`;

/** True until someone joins the owner. @param {RoomStore} store */
const alone = (store) => store.players.value.length < 2;

/** The invitation for an owner who is still alone, or the delay for a spectator. @param {{store: RoomStore}} props */
export function PrivateNotices({ store }) {
  const [terms, you] = [termsIn(store), store.you.value];
  if (!terms || store.state.value?.closed) return null;
  if (wrongInvites.value.has(store.room)) {
    return html`<p class="notice bad" role="alert" data-testid="wrong-invite">${t.wrongInvite}</p>`;
  }
  if (terms.invite && alone(store)) {
    return html`<div class="notice" data-testid="invite"><p>${t.share}</p>
      <${Invite} store=${store} invite=${terms.invite} />
      ${
        terms.code &&
        html`<p>${t.byCode(`${location.host}/join`)} <strong class="mono room-code" data-testid="room-code">
          ${terms.code}</strong></p>`
      }</div>`;
  }
  if (terms.delay && !you) return html`<p class="notice" role="status" data-testid="late">${t.late(terms.delay)}</p>`;
  return null;
}

/** Closes the room, once the owner has confirmed it. @param {{store: RoomStore}} props */
function Close({ store }) {
  const busy = useSignal(false);
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const dismiss = () => dialog.current?.close();
  const close = async () => {
    busy.value = true;
    try {
      await api.request("DELETE /rooms/{room}", { path: { room: store.room } });
      if (store.bets.peek().length > 0) toast(t.closing);
      dismiss();
    } catch (error) {
      toast(errorText(error), "bad");
    }
    busy.value = false;
  };
  return html`<button type="button" class="button quiet" data-testid="close-room"
      onClick=${() => dialog.current?.showModal()}>${t.close}</button>
    <dialog ref=${dialog} aria-labelledby="close-title"><div class="stack">
      <h2 id="close-title">${t.close}</h2>
      <p>${t.closeSure}</p>
      <div class="row">
        <button type="button" class="button primary" data-testid="close-sure" disabled=${busy.value}
          aria-busy=${busy.value} onClick=${() => void close()}>${t.closeYes}</button>
        <button type="button" class="button" disabled=${busy.value} onClick=${dismiss}>${t.closeNo}</button>
      </div>
    </div></dialog>`;
}

/** The owner's tools. @param {{store: RoomStore}} props */
export function OwnerTools({ store }) {
  const invite = termsIn(store)?.invite;
  if (!invite || store.state.value?.closed) return null;
  const code = termsIn(store)?.code;
  return html`${
    !alone(store) &&
    html`<${Invite} store=${store} invite=${invite} />
    ${code && html`<span class="dim small">${t.code} <strong class="mono">${code}</strong></span>`}`
  }
    <${Close} store=${store} />`;
}
