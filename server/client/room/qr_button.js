/** A button that shows how others get into a room: the QR code, the short code, and the link to the room's screen. */

import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { html } from "../html.js";
import { waysIn } from "../invites.js";
import { texts } from "../texts.js";
import { QrCode } from "../ui/qr_code.js";

const t = texts.room.ways;

/** @param {{store: import("../rooms.js").RoomStore}} props */
export function QrButton({ store }) {
  const id = useId();
  const open = useSignal(false);
  const terms = store.state.value?.private ?? null;
  const { path, code, screen } = waysIn(store.room, terms);
  const toggled = (/** @type {ToggleEvent} */ { newState }) => (open.value = newState === "open");
  return html`<button type="button" class="button quiet" popovertarget=${id}>${t.open}</button>
    <div id=${id} popover class="popover surface ways-in" aria-labelledby=${`${id}-title`} onToggle=${toggled}
      data-testid="ways-in">
      <h2 id=${`${id}-title`}>${t.title}</h2>
      ${open.value && html`<${QrCode} address=${location.origin + path} label=${t.qr(location.host + path)} />`}
      <p>${t.byCode(`${location.host}/join`)} <strong class="mono room-code">${code}</strong></p>
      <p class="row">
        ${terms?.watch !== "nobody" && html`<a class="button" href=${screen} target="_blank">${t.screen}</a>`}
        <button type="button" class="button" popovertarget=${id} popovertargetaction="hide">${t.close}</button>
      </p>
    </div>`;
}
