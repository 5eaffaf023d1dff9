/** Confirms an e-mail address. Opening the link does not use it up; only the button does. */

import { useSignal } from "@preact/signals";
import { ApiError, api } from "../api.js";
import { html } from "../html.js";
import { linkSecret, watchLinkSecret } from "../link_secret.js";
import { text } from "../text.js";
import { Form } from "../ui/form.js";
import { Resend } from "./sign_up.js";

const t = text.verify;
const SPENT = ["token_invalid", "token_expired", "validation_failed", "not_found"];

export const title = () => t.title;

watchLinkSecret();

export default function Verify() {
  return html`<${Confirm} key=${linkSecret.value.visit} ...${linkSecret.value} />`;
}

/** @param {import("../link_secret.js").LinkSecret} props */
function Confirm({ token, account }) {
  const state = useSignal(/** @type {"ready" | "done" | "bad"} */ ("ready"));
  const opened = useSignal("");
  const send = async () => {
    try {
      const { user } = await api.request("POST /auth/verify-email", { body: { token: token ?? "" } });
      opened.value = user.username;
      state.value = "done";
    } catch (error) {
      if (!(error instanceof ApiError) || !SPENT.includes(error.code)) throw error;
      state.value = "bad";
    }
  };
  const ready = html`<p class="dim">${t.lead}</p>
    ${account && html`<p data-testid="account">${t.account(account)}</p>`}
    <${Form} onSubmit=${send} submit=${t.submit} />`;
  const done = html`<p class="notice good" role="status" data-testid="verified">${t.done(opened.value)}</p>
    <p><a class="button primary" href="/sign-in">${text.bar.signIn}</a></p>`;
  const again = html`<p class="notice bad" role="alert">${token ? t.bad : t.noToken}</p>
  <div class="surface"><${Resend} /></div>`;
  return html`<div class="page narrow stack"><h1>${t.title}</h1>
    ${state.value === "done" ? done : state.value === "bad" || !token ? again : ready}
  </div>`;
}
