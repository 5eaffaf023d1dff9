/** The form that fixes the player's client seed, or lets the browser draw a fresh one for every round. */

import { useSignal } from "@preact/signals";
import { api } from "../api.js";
import { html } from "../html.js";
import { fixedSeed, freshSeed } from "../seeds.js";
import { texts } from "../texts.js";
import { Field, Form } from "../ui/form.js";
import { toast } from "../ui/toast.js";
import { wire } from "../wire.js";

const t = texts.shell.account;

/** @param {{seed: string}} props */
export function ClientSeed({ seed }) {
  const start = useSignal(seed);
  const fixed = useSignal(fixedSeed.is(seed));
  /** @param {Record<string, string>} values */
  const send = async ({ client_seed }) => {
    await api.request("PUT /me/client-seed", { body: { client_seed: client_seed.trim() } });
    if (wire.me.value) wire.me.value = { ...wire.me.value, client_seed: client_seed.trim() };
    fixedSeed.set(client_seed.trim());
    fixed.value = true;
    toast(t.seedSaved, "good");
  };
  const random = () => {
    start.value = freshSeed();
  };
  const release = () => {
    fixedSeed.clear();
    fixed.value = false;
    toast(t.seedReleased, "good");
  };
  const extra = fixed.value
    ? html`<button type="button" class="button quiet" onClick=${release}>${t.seedRelease}</button>`
    : html`<button type="button" class="button quiet" onClick=${random}>${t.seedRandom}</button>`;
  return html`<section class="surface stack" aria-labelledby="seed"><h2 id="seed">${t.seed}</h2>
    <p data-testid="seed-mode">${fixed.value ? t.seedFixed : t.seedFresh}</p>
    <${Form} onSubmit=${send} submit=${t.seedSave} tone="" extra=${extra}>
      <${Field} key=${start.value} name="client_seed" label=${texts.shell.fields.client_seed} hint=${t.seedHint}
        value=${start.value} most=${64} autocomplete="off" spellcheck=${false} />
    <//>
  </section>`;
}
