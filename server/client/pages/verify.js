/**
 * Confirms a sign-up with a new password, or with that of the sign-up, and signs in. Opening the link does not use it up.
 *
 * The sign-up may be a stranger's, who typed this address and a password of their own.
 */

import { useSignal } from "@preact/signals";
import { ApiError, api } from "../api.js";
import { html } from "../html.js";
import { linkSecret, watchLinkSecret } from "../link_secret.js";
import { doorTo } from "../next_page.js";
import { texts } from "../texts.js";
import { Form, PasswordField } from "../ui/form.js";
import { Going } from "../ui/going.js";
import { Strength } from "../ui/strength.js";
import { signIn } from "./sign_in.js";
import { Resend } from "./sign_up.js";

const t = texts.shell.verify;

/** @typedef {"ready" | "done" | "spent" | "taken" | "name taken"} State */

export const title = () => t.title;

watchLinkSecret();

export default function Verify() {
  return html`<${Confirm} key=${linkSecret.value.visit} ...${linkSecret.value} />`;
}

/** The state that an error leads to; null: the form shows it. @param {unknown} error @returns {State | null} */
function stateAfter(error) {
  if (!(error instanceof ApiError)) return null;
  const spent = error.code.startsWith("token_") || error.errors.some(({ field }) => field === "token");
  if (spent) return "spent";
  return error.code === "already_registered" ? "taken" : error.code === "username_taken" ? "name taken" : null;
}

/** @param {import("../link_secret.js").LinkSecret} props */
function Confirm({ token, account, hasPassword, next }) {
  const state = useSignal(/** @type {State} */ (token ? "ready" : "spent"));
  const opened = useSignal("");
  /** @param {Record<string, string>} typed */
  const send = async ({ password, new_password }) => {
    try {
      const body = { token: token ?? "", ...(new_password ? { new_password } : { password }) };
      opened.value = (await api.request("POST /auth/verify-email", { body })).user.username;
    } catch (error) {
      const after = stateAfter(error);
      if (after) state.value = after;
      else if (error instanceof ApiError && error.code === "invalid_credentials") throw new Error(t.wrong);
      else throw error;
      return;
    }
    // The page to which the sign-in leads says it; if the sign-in fails, this page does, with a link to sign in.
    const signedIn = signIn(opened.value, new_password ?? password, t.done(opened.value), next);
    await signedIn.catch(() => (state.value = "done"));
  };
  return html`<div class="page narrow stack"><h1>${t.title}</h1>
    ${state.value === "ready" && html`<${Going} next=${next} /><${Ready} account=${account} hasPassword=${hasPassword} send=${send} />`}
    ${
      state.value === "done" &&
      html`<p class="notice good" role="status" data-testid="verified">${t.done(opened.value)}</p>
      <p><a class="button primary" href=${doorTo("/sign-in", next)}>${texts.shell.bar.signIn}</a></p>`
    }
    ${
      state.value === "taken" &&
      html`<p class="notice" role="alert">${t.taken}</p>
      <p class="row"><a class="button primary" href=${doorTo("/sign-in", next)}>${texts.shell.bar.signIn}</a>
        <a href="/forgot">${texts.shell.signIn.forgot}</a></p>`
    }
    ${state.value === "name taken" && html`<p class="notice bad" role="alert">${t.nameTaken}</p><${SignUpAgain} next=${next} />`}
    ${
      state.value === "spent" &&
      html`<p class="notice bad" role="alert">${token ? t.bad : t.noToken}</p>
      <div class="surface"><${Resend} /></div><${SignUpAgain} next=${next} />`
    }
  </div>`;
}

/** @param {{next: string}} props */
function SignUpAgain({ next }) {
  return html`<p><a href=${doorTo("/sign-up", next)}>${t.again}</a></p>`;
}

/**
 * @param {{
 *   account: string | null,
 *   hasPassword: boolean,
 *   send: (typed: Record<string, string>) => Promise<unknown>,
 * }} props
 */
function Ready({ account, hasPassword, send }) {
  const sets = useSignal(!hasPassword);
  const password = useSignal("");
  const toggle = html`<button type="button" class="button quiet" onClick=${() => (sets.value = !sets.peek())}>
    ${sets.value ? t.known : t.set}</button>`;
  return html`<p data-testid="account">${hasPassword ? t.lead(account) : t.choose(account)}</p>
    <div class="surface stack"><${Form} key=${sets.value} onSubmit=${send} submit=${t.submit}>
      <input hidden readonly name="username" autocomplete="username" value=${account ?? ""} />
      ${
        sets.value
          ? html`<${PasswordField} name="new_password" label=${hasPassword ? texts.shell.fields.new_password : texts.shell.fields.password}
            hint=${texts.shell.signUp.passwordHint} autocomplete="new-password"
            onInput=${(/** @type {string} */ typed) => (password.value = typed)}
            below=${html`<${Strength} password=${password.value} known=${[account ?? ""]} />`} />`
          : html`<${PasswordField} name="password" label=${texts.shell.fields.password} hint=${t.passwordHint}
            autocomplete="current-password" />`
      }
    <//>${hasPassword && html`<p>${toggle}</p>`}</div>
    <p class="dim">${t.notYou}</p>`;
}
