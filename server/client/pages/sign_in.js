/** Signs in by e-mail, username or roll number. */

import { useSignal } from "@preact/signals";
import { ApiError, api } from "../api.js";
import { deviceName } from "../device_name.js";
import { html } from "../html.js";
import { doorPath, nextPage } from "../next_page.js";
import { navigate } from "../router.js";
import { texts } from "../texts.js";
import { device } from "../token.js";
import { Field, Form, PasswordField } from "../ui/form.js";
import { Going } from "../ui/going.js";
import { toast } from "../ui/toast.js";
import { wire } from "../wire.js";
import { Resend } from "./sign_up.js";

const t = texts.shell.signIn;

export const title = () => t.title;

/**
 * Sign in, say so, and go on to a page.
 * @param {string} identifier @param {string} password @param {string} [words] @param {string} [next]
 */
export async function signIn(identifier, password, words, next = "/") {
  const body = { identifier, password, name: deviceName(navigator.userAgent), ...device.get() };
  const answer = await api.request("POST /auth/login", { body });
  device.set(answer.device);
  wire.signIn(answer.token);
  toast(words ?? t.welcome(answer.user.username), "good");
  navigate(next, { replace: true });
}

/** @param {{route: import("../router.js").Route}} props */
export default function SignIn({ route }) {
  const unverified = useSignal(false);
  /** @param {Record<string, string>} values */
  const send = async ({ identifier, password }) => {
    unverified.value = false;
    try {
      await signIn(identifier.trim(), password, undefined, nextPage(route.query));
    } catch (error) {
      unverified.value = error instanceof ApiError && error.code === "email_not_verified";
      throw error;
    }
  };
  return html`<div class="page narrow stack">
    <h1>${t.title}</h1>
    <${Going} next=${nextPage(route.query)} />
    <div class="surface">
      <${Form} onSubmit=${send} submit=${t.submit} extra=${html`<a href=${doorPath("/forgot")}>${t.forgot}</a>`}>
        <${Field} name="identifier" label=${texts.shell.fields.identifier} autocomplete="username" spellcheck=${false} />
        <${PasswordField} name="password" label=${texts.shell.fields.password} autocomplete="current-password" />
      <//>
    </div>
    ${unverified.value && html`<div class="surface stack"><p>${t.unverified}</p><${Resend} /></div>`}
    <p>${t.none} <a href=${doorPath("/sign-up")}>${texts.shell.bar.signUp}</a></p>
  </div>`;
}
