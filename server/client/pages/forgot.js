/** Requests a link to set a new password. */

import { useSignal } from "@preact/signals";
import { api } from "../api.js";
import { html } from "../html.js";
import { doorPath, nextField } from "../next_page.js";
import { texts } from "../texts.js";
import { device } from "../token.js";
import { Field, Form } from "../ui/form.js";

const t = texts.shell.forgot;

export const title = () => t.title;

export default function Forgot() {
  const done = useSignal(false);
  /** @param {Record<string, string>} values */
  const send = async ({ email }) => {
    await api.request("POST /auth/password/forgot", { body: { email: email.trim(), ...device.get(), ...nextField() } });
    done.value = true;
  };
  return html`<div class="page narrow stack"><h1>${t.title}</h1>
    ${
      done.value
        ? html`<p class="notice good" role="status">${t.done}</p>`
        : html`<p class="dim">${t.lead}</p>
          <div class="surface"><${Form} onSubmit=${send} submit=${t.submit}>
            <${Field} name="email" type="email" label=${texts.shell.fields.email} autocomplete="email" />
          <//></div>`
    }
    <p><a href=${doorPath("/sign-in")}>${texts.shell.bar.signIn}</a></p>
  </div>`;
}
