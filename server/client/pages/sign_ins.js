/** The devices on which the player is signed in, and ending each from here. */

import { useSignal } from "@preact/signals";
import { api } from "../api.js";
import { errorText } from "../error_text.js";
import { dateTime } from "../format.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { useAnswer } from "../ui/answer.js";
import { Failed } from "../ui/list.js";
import { toast } from "../ui/toast.js";

const t = texts.shell.signIns;

/** @typedef {import("../http.d.ts").SignInView} SignInView */

export function SignIns() {
  const { answer, error, load } = useAnswer("GET /me/sign-ins");
  const busy = useSignal(false);
  /** @param {() => Promise<unknown>} call @param {string} done */
  const end = async (call, done) => {
    busy.value = true;
    try {
      await call();
      toast(done, "good");
    } catch (problem) {
      toast(errorText(problem), "bad");
    }
    await load();
    busy.value = false;
  };
  /** @param {SignInView} item */
  const endOne = (item) =>
    end(() => api.request("DELETE /me/sign-ins/{sign_in}", { path: { sign_in: String(item.id) } }), t.ended);
  const endOthers = () => end(() => api.request("DELETE /me/sign-ins"), t.endedOthers);

  /** @param {SignInView} item */
  const row = (item) => {
    const name = item.name || t.unnamed;
    return html`<li key=${item.id} class="row spread">
      <span><strong>${name}</strong>${item.is_current && html` <span class="chip good">${t.current}</span>`}
        <br /><span class="dim small">${t.used(dateTime(item.used_at))}</span></span>
      ${
        !item.is_current &&
        html`<button type="button" class="button" disabled=${busy.value} aria-label=${t.endLabel(name)}
          onClick=${() => endOne(item)}>${t.end}</button>`
      }
    </li>`;
  };

  const list = answer.value?.sign_ins;
  return html`<section class="surface stack" aria-labelledby="sign-ins"><h2 id="sign-ins">${t.title}</h2>
    <p class="dim">${t.lead}</p>
    ${error.value && html`<${Failed} error=${error.value} again=${load} />`}
    ${!list && !error.value && html`<p class="dim" aria-busy="true">${texts.shell.loading}</p>`}
    ${list && html`<ul class="stack" data-testid="sign-ins">${list.map(row)}</ul>`}
    ${
      list &&
      list.length > 1 &&
      html`<p><button type="button" class="button" disabled=${busy.value} onClick=${endOthers}>${t.endOthers}</button></p>`
    }
  </section>`;
}
