/** Signs up. The server sends an e-mail with a link, with which the player confirms the address and chooses a password. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api } from "../api.js";
import { announce } from "../dom.js";
import { html } from "../html.js";
import { doorPath, nextField, nextPage } from "../next_page.js";
import { texts } from "../texts.js";
import { Field, Form } from "../ui/form.js";
import { Going } from "../ui/going.js";

const t = texts.shell.signUp;
const f = texts.shell.fields;

export const title = () => t.title;

/** Resends the confirmation e-mail. @param {{email?: string}} props */
export function Resend({ email = "" }) {
  const sent = useSignal(false);
  /** @param {Record<string, string>} values */
  const send = async (values) => {
    await api.request("POST /auth/verify-email/resend", { body: { email: values.email.trim(), ...nextField() } });
    announce(t.sentAgain);
    sent.value = true;
  };
  if (sent.value) return html`<p class="notice good">${t.sentAgain}</p>`;
  return html`<${Form} onSubmit=${send} submit=${t.again} tone="">
    <${Field} name="email" type="email" label=${f.email} value=${email} autocomplete="email" />
  <//>`;
}

/** @param {{email: string, next: string}} props */
function Done({ email, next }) {
  const heading = useRef(/** @type {HTMLHeadingElement | null} */ (null));
  useEffect(() => heading.current?.focus(), []);
  return html`<div class="page narrow stack">
    <h1 ref=${heading} tabindex="-1">${t.doneTitle}</h1>
    <p data-testid="signed-up">${t.done(email)}</p>
    <${Going} next=${next} />
    <div class="surface"><${Resend} email=${email} /></div>
    <p><a href=${doorPath("/sign-in")}>${texts.shell.bar.signIn}</a></p>
  </div>`;
}

/** @param {{route: import("../router.js").Route}} props */
export default function SignUp({ route }) {
  const next = nextPage(route.query);
  const email = useSignal("");
  /** @param {Record<string, string>} values */
  const send = async (values) => {
    const body = {
      username: values.username.trim(),
      roll_number: values.roll_number.trim(),
      email: values.email.trim(),
      ...nextField(),
    };
    await api.request("POST /auth/register", { body });
    email.value = body.email;
  };
  if (email.value) return html`<${Done} email=${email.value} next=${next} />`;
  return html`<div class="page narrow stack">
    <h1>${t.title}</h1>
    <p class="dim">${t.lead}</p>
    <${Going} next=${next} />
    <div class="surface">
      <${Form} onSubmit=${send} submit=${t.submit}>
        <${Field} name="username" label=${f.username} hint=${t.usernameHint} autocomplete="username" most=${20}
          pattern="[A-Za-z0-9_\\-]{3,20}" title=${t.usernameHint} spellcheck=${false} />
        <${Field} name="roll_number" label=${f.roll_number} hint=${t.rollHint} autocomplete="off" most=${10}
          spellcheck=${false} />
        <${Field} name="email" type="email" label=${f.email} autocomplete="email" most=${120} />
      <//>
    </div>
    <p>${t.have} <a href=${doorPath("/sign-in")}>${texts.shell.bar.signIn}</a></p>
  </div>`;
}
