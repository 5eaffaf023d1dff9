/** The player's own limits and breaks. */

import { ApiError, api } from "../api.js";
import { dateTime, parseChips, plainChips } from "../format.js";
import { html } from "../html.js";
import { ownLimits } from "../own_limits.js";
import { texts } from "../texts.js";
import { token } from "../token.js";
import { AccountPage } from "../ui/account_page.js";
import { useAnswer } from "../ui/answer.js";
import { Field, Form } from "../ui/form.js";
import { Failed } from "../ui/list.js";
import { toast } from "../ui/toast.js";
import { serverNow } from "../wire.js";

const t = texts.shell.limits;

export const title = () => t.title;

/** @typedef {import("../http.d.ts").LimitsView} LimitsView */

/** @param {number | null} cents */
const shown = (cents) => (cents == null ? "" : plainChips(cents));

/**
 * The amount in a field, in cents; null if empty. Throws an ApiError that the form shows at the field.
 * @param {Record<string, string>} values
 * @param {string} field
 * @param {number} least
 */
function amount(values, field, least) {
  if (!values[field].trim()) return null;
  const cents = parseChips(values[field]);
  const error = { field, code: "malformed", message: t.notAnAmount };
  if (cents === null || cents < least) throw new ApiError(422, { code: "validation_failed", errors: [error] });
  return cents;
}

/** The instant at which a local day begins, as ISO texts.shell; null for no day. @param {string} day */
const dayStart = (day) => (day ? new Date(`${day}T00:00:00`).toISOString() : null);

/** The longest break that the server takes, less a day for time zones. */
const LONGEST_BREAK_MS = (5 * 365 - 1) * 86_400_000;

/** The local day of an instant, as `2026-11-24`; empty for none. @param {string | number | null} when */
function dayOf(when) {
  if (!when) return "";
  const at = new Date(when);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** @param {{limits: LimitsView, set: (limits: LimitsView) => void}} props */
function LimitsForm({ limits, set }) {
  /** @param {Record<string, string>} values */
  const send = async (values) => {
    /** @type {import("../http.d.ts").LimitsUpdate} */
    const wish = {
      stake: amount(values, "stake", 1),
      loss_a_day: amount(values, "loss_a_day", 0),
      break_until: dayStart(values.break_until),
    };
    if (values.break_until === dayOf(limits.break_until)) wish.break_until = limits.break_until ?? null;
    const saved = await api.request("PUT /me/limits", { body: wish });
    ownLimits.value = saved;
    set(saved);
    toast(texts.shell.saved, "good");
  };
  const [tomorrow, last] = [86_400_000, LONGEST_BREAK_MS].map((ms) => dayOf(serverNow() + ms));
  const waits = [limits.next_stake, limits.next_loss_a_day].filter((change) => change !== null);
  return html`<div class="surface stack">
    <${Form} onSubmit=${send} submit=${t.save}>
      <${Field} name="stake" label=${t.stake} hint=${t.stakeHint} value=${shown(limits.stake)} required=${false}
        inputmode="decimal" autocomplete="off" amount="chips" />
      <${Field} name="loss_a_day" label=${t.loss} hint=${t.lossHint} value=${shown(limits.loss_a_day)} required=${false}
        inputmode="decimal" autocomplete="off" amount="chips" />
      <${Field} name="break_until" type="date" label=${t.break} hint=${t.breakHint} value=${dayOf(limits.break_until)}
        min=${tomorrow} max=${last} required=${false} />
    <//>
    ${waits.map(({ at }) => html`<p class="notice" key=${at}>${t.pending(dateTime(at))}</p>`)}
  </div>`;
}

export default function Limits() {
  const { answer: limits, error, load } = useAnswer("GET /me/limits", undefined, { skip: !token.get() });
  const body = limits.value
    ? html`<${LimitsForm} key=${JSON.stringify(limits.value)} limits=${limits.value}
        set=${(/** @type {LimitsView} */ saved) => (limits.value = saved)} />`
    : error.value
      ? html`<${Failed} error=${error.value} again=${load} />`
      : html`<p class="dim" aria-busy="true">${texts.shell.loading}</p>`;
  return html`<${AccountPage} title=${t.title} lead=${t.lead}>${body}<//>`;
}
