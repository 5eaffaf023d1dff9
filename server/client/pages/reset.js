/** Sets a new password. The link in the password e-mail leads here. */

import { useSignal } from "@preact/signals";
import { ApiError, api } from "../api.js";
import { html } from "../html.js";
import { linkSecret, watchLinkSecret } from "../link_secret.js";
import { doorTo } from "../next_page.js";
import { texts } from "../texts.js";
import { Form, PasswordField } from "../ui/form.js";
import { Strength } from "../ui/strength.js";
import { wire } from "../wire.js";

const t = texts.shell.reset;

export const title = () => t.title;

watchLinkSecret();

export default function Reset() {
  return html`<${NewPassword} key=${linkSecret.value.visit} ...${linkSecret.value} />`;
}

/** @param {import("../link_secret.js").LinkSecret} props */
function NewPassword({ token, next }) {
  const state = useSignal(/** @type {"ready" | "done" | "bad"} */ ("ready"));
  const password = useSignal("");
  /** @param {Record<string, string>} values */
  const send = async (values) => {
    try {
      await api.request("POST /auth/password/reset", { body: { token: token ?? "", password: values.password } });
      if (wire.me.peek()) wire.signOut();
      state.value = "done";
    } catch (error) {
      if (!(error instanceof ApiError) || !error.code.startsWith("token_")) throw error;
      state.value = "bad";
    }
  };
  const form = html`<div class="surface"><${Form} onSubmit=${send} submit=${t.submit}>
    <${PasswordField} name="password" label=${texts.shell.fields.new_password} hint=${texts.shell.signUp.passwordHint}
      autocomplete="new-password"
      onInput=${(/** @type {string} */ typed) => (password.value = typed)}
      below=${html`<${Strength} password=${password.value} />`} />
  <//></div>`;
  const done = html`<p class="notice good" role="status">${t.done}</p>
  <p><a class="button primary" href=${doorTo("/sign-in", next)}>${texts.shell.bar.signIn}</a></p>`;
  const bad = html`<p class="notice bad" role="alert">${t.bad}</p>
  <p><a class="button primary" href=${doorTo("/forgot", next)}>${t.askNew}</a></p>`;
  return html`<div class="page narrow stack"><h1>${t.title}</h1>
    ${state.value === "done" ? done : state.value === "bad" || !token ? bad : form}
  </div>`;
}
