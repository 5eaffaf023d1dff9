/** The player's chips at the table: buying in, adding chips, sitting out and coming back. */

import { useEffect } from "preact/hooks";
import { onText } from "../../dom.js";
import { chips, plainChips } from "../../format.js";
import { html } from "../../html.js";
import { texts } from "../../texts.js";
import { ActionButton } from "../../ui/action_button.js";
import { Chip } from "../../ui/playing_card.js";
import { Reading, twoReadings } from "../../ui/reading.js";
import { amountOf, wrongWith } from "./raise.js";
import { hasChips, seatIn } from "./table.js";

const text = texts.games.holdem.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../../room/play.js").Play} Play */
/** @typedef {import("./pots.js").Bounds} Bounds */

export const FIELD = "buy-in";

/** What is wrong with the amount to buy, in words; empty if it is valid. @param {Play} play @param {Bounds} bounds */
function wrongWithChips(play, bounds) {
  const [typed, { available: left, own }] = [play.typed.value, play.bounds.value];
  const amount = amountOf(typed, bounds);
  if (amount !== null && own !== null && amount > own) return play.overOwnLimit();
  return amount !== null && left !== null && amount > left ? text.tooPoor(left) : wrongWith(typed, bounds);
}

/** @typedef {import("../../types.js").BringsBack | null} Back */

/** @param {{play: Play, bounds: Bounds, back: Back, first: boolean, waits: boolean, submit: () => void}} props */
function BuyIn({ play, bounds, back, first, waits, submit }) {
  const { own } = play.bounds.value;
  // A remembered stake from another table may be out of bounds here.
  useEffect(() => {
    if (amountOf(play.typed.peek(), bounds) === null) play.typed.value = plainChips(bounds.maximum);
    if (own !== null && own >= bounds.minimum) play.obeyOwnLimit();
  }, [bounds.minimum, bounds.maximum, own]);
  const wrong = wrongWithChips(play, bounds);
  const placing = play.placing.value !== null;
  const words = placing
    ? text.buying
    : play.queued.value
      ? text.queued(play.queued.value.amount)
      : waits
        ? text.queue
        : first
          ? text.buyIn
          : text.topUp;
  return html`<div class="field buy-in">
    <label for=${FIELD}>${first ? text.buyInFor : text.topUp}</label>
    <div class="buy-in-row">
      <input id=${FIELD} class="input number" inputmode="decimal" autocomplete="off" value=${play.typed.value}
        aria-invalid=${wrong ? "true" : undefined}
        aria-describedby="buy-in-hint buy-in-error buy-in-read"
        data-two-readings=${twoReadings(play.typed.value)}
        onInput=${onText((value) => (play.typed.value = value))} onBlur=${() => play.tidy()} />
      <${ActionButton} class=${`button ${first ? "primary" : ""}`}
        disabled=${placing || Boolean(wrong) || play.cannotBet.value !== null || play.queued.value !== null}
        aria-busy=${placing ? "true" : undefined} data-testid="main"
        data-step=${play.queued.value ? "queued" : waits ? "queue" : first ? "buy-in" : "top-up"}
        guard=${play.guard} run=${submit}>${words}<//>
    </div>
    <p id="buy-in-hint" class="hint">
      ${first ? text.buyInHint(bounds.minimum, bounds.maximum) : text.topUpHint(bounds.maximum)}</p>
    ${first && back && html`<p class="hint" data-testid="brings-back">${text.bringsBack(back.amount, back.left_at, back.until)}</p>`}
    <p id="buy-in-error" class="error" hidden=${!wrong}>${wrong}</p>
    <${Reading} id="buy-in-read" typed=${play.typed.value} unit="chips" />
    ${
      play.queued.value &&
      html`<button type="button" class="button quiet" onClick=${() => (play.queued.value = null)}>
      ${text.unqueue}</button>`
    }
  </div>`;
}

/** @param {{store: RoomStore, play: Play, bounds: Bounds | null, back: Back, submit: () => void}} props */
export function Chips({ store, play, bounds, back, submit }) {
  const [view, you] = [store.view.value, store.you.value];
  const mine = seatIn(view, you?.seat);
  const waits = view.phase !== "betting";
  const first = !mine || !hasChips(mine);
  const buy =
    bounds &&
    html`<${BuyIn} play=${play} bounds=${bounds} back=${back} first=${first} waits=${waits} submit=${submit} />`;
  if (first) return html`<div class="table-chips" data-testid="chips">${buy}</div>`;
  const out = mine.away || mine.state === "sitting_out";
  const owes = mine.owes ?? 0;
  const sit = () => void play.act(out ? "sit_in" : "sit_out");
  return html`<div class="table-chips" data-testid="chips">
    <p class="row spread"><span class="dim small">${text.stack}</span> <strong
      data-testid="stack"><${Chip}>${chips(mine.stack)}<//></strong></p>
    <${ActionButton} class=${`button wide ${out ? "primary" : ""}`} guard=${play.guard} run=${sit}
      disabled=${play.acting.value || play.cannotAct.value !== null}
      data-move=${out ? "sit_in" : "sit_out"}>${out ? text.sitIn : text.sitOut}<//>
    ${
      owes > 0 &&
      !out &&
      !mine.posts &&
      html`<${ActionButton} class="button wide" guard=${play.guard} run=${() => void play.act("post")}
      disabled=${play.acting.value || play.cannotAct.value !== null}
      data-move="post">${text.post(owes)}<//>`
    }
    ${owes > 0 && !out && html`<p class="hint dim small">${mine.posts ? text.posts : text.owes}</p>`}
    ${buy && html`<details class="top-up"><summary>${text.topUp}</summary>${buy}</details>`}
    <p class="hint dim small">${text.leaveHint}</p>
  </div>`;
}
