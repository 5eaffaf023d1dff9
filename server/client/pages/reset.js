/** Where the link of the password mail leads: set a new one. */

import { useState } from "preact/hooks";
import { ApiError, api } from "../api.js";
import { html } from "../html.js";
import { text } from "../text.js";
import { Form, PasswordField } from "../ui/form.js";
import { Strength } from "../ui/strength.js";
import { wire } from "../wire.js";

const t = text.reset;

export const title = () => t.title;

/** @param {{route: import("../router.js").Route}} props */
export default function Reset({ route }) {
  const [state, setState] = useState(/** @type {"ready" | "done" | "bad"} */ ("ready"));
  const [password, setPassword] = useState("");
  const token = route.query.get("token");
  /** @param {Record<string, string>} values */
  const send = async (values) => {
    try {
      await api.post("/auth/password/reset", { token, password: values.password });
      if (wire.me.peek()) wire.signOut();
      setState("done");
    } catch (error) {
      if (!(error instanceof ApiError) || !error.code.startsWith("token_")) throw error;
      setState("bad");
    }
  };
  const form = html`<div class="surface"><${Form} onSubmit=${send} submit=${t.submit}>
    <${PasswordField} name="password" label=${text.fields.new_password} hint=${text.signUp.passwordHint}
      autocomplete="new-password"
      onInput=${setPassword} below=${html`<${Strength} password=${password} />`} />
  <//></div>`;
  const done = html`<p class="notice good" role="status">${t.done}</p>
  <p><a class="button primary" href="/sign-in">${text.bar.signIn}</a></p>`;
  const bad = html`<p class="notice bad" role="alert">${t.bad}</p>
  <p><a class="button primary" href="/forgot">${t.askNew}</a></p>`;
  return html`<div class="page narrow stack"><h1>${t.title}</h1>
    ${state === "done" ? done : state === "bad" || !token ? bad : form}
  </div>`;
}
