/** The account page: profile, password, client seed, and deletion. */

import { useSignal } from "@preact/signals";
import { api } from "../api.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { token } from "../token.js";
import { AccountPage } from "../ui/account_page.js";
import { useAnswer } from "../ui/answer.js";
import { Field, Form, PasswordField } from "../ui/form.js";
import { Failed } from "../ui/list.js";
import { Strength } from "../ui/strength.js";
import { toast } from "../ui/toast.js";
import { wire } from "../wire.js";
import { ClientSeed } from "./client_seed.js";
import { DeleteAccount } from "./delete_account.js";
import { SignIns } from "./sign_ins.js";

const t = texts.shell.account;
const f = texts.shell.fields;

/** @typedef {import("../http.d.ts").Me} Me */
/** @typedef {Record<string, string>} Values */

export const title = () => t.title;

/** An empty field clears the value. @param {string} value */
const orNull = (value) => value.trim() || null;

/** @param {{me: Me, changed: (me: Me) => void}} props */
function ProfileForm({ me, changed }) {
  /** @param {Values} values */
  const send = async (values) => {
    const profile = Object.fromEntries(
      ["bio", "avatar_url", "location", "dob"].map((field) => [field, orNull(values[`profile.${field}`])]),
    );
    const username = values.username.trim();
    const body = { full_name: values.full_name.trim(), profile, ...(username !== me.username && { username }) };
    const saved = await api.request("PATCH /me", { body });
    changed(saved);
    if (wire.me.value) wire.me.value = { ...wire.me.value, username: saved.username };
    toast(texts.shell.saved, "good");
  };
  const today = new Date().toISOString().slice(0, 10);
  const { profile } = me;
  return html`<section class="surface stack" aria-labelledby="profile"><h2 id="profile">${t.profile}</h2>
    <p class="dim small">${t.profileLead} <a href="/users/${me.username}">${t.publicPage}</a></p>
    <${Form} onSubmit=${send} submit=${texts.shell.save}>
      <${Field} name="username" label=${f.username} hint=${t.usernameHint} value=${me.username} autocomplete="username"
        most=${20} spellcheck=${false} />
      <${Field} name="full_name" label=${f.full_name} value=${me.full_name} autocomplete="name" most=${100} />
      <${Field} name="profile.bio" label=${f.bio} value=${profile.bio ?? ""} required=${false} multiline=${true}
        most=${2000} />
      <${Field} name="profile.location" label=${f.location} value=${profile.location ?? ""} required=${false}
        most=${100} />
      <${Field} name="profile.avatar_url" type="url" label=${f.avatar_url} hint=${t.avatarHint}
        value=${profile.avatar_url ?? ""} required=${false} most=${255} autocomplete="off" />
      <${Field} name="profile.dob" type="date" label=${f.dob} value=${profile.dob ?? ""} required=${false} min="1900-01-01" max=${today}
        autocomplete="bday" />
    <//>
  </section>`;
}

function PasswordForm() {
  const password = useSignal("");
  /** @param {Values} values @param {HTMLFormElement} form */
  const send = async (values, form) => {
    const { current_password, password: chosen } = values;
    const body = { current_password, password: chosen };
    await wire.replaceToken(() => api.request("POST /auth/password/change", { body }));
    form.reset();
    password.value = "";
    toast(t.passwordChanged, "good");
  };
  return html`<section class="surface stack" aria-labelledby="password"><h2 id="password">${t.password}</h2>
    <${Form} onSubmit=${send} submit=${t.changePassword} tone="">
      <${PasswordField} name="current_password" label=${f.current_password} autocomplete="current-password" />
      <${PasswordField} name="password" label=${f.new_password} hint=${texts.shell.signUp.passwordHint}
        autocomplete="new-password"
        onInput=${(/** @type {string} */ typed) => (password.value = typed)}
        below=${html`<${Strength} password=${password.value} known=${[wire.me.peek()?.username ?? ""]} />`} />
    <//>
  </section>`;
}

export default function Account() {
  const { answer: me, error, load } = useAnswer("GET /me", undefined, { skip: !token.get() });
  const body = me.value
    ? html`<div class="columns">
        <${ProfileForm} me=${me.value} changed=${(/** @type {Me} */ saved) => (me.value = saved)} />
        <div class="stack"><${ClientSeed} seed=${me.value.client_seed} /><${PasswordForm} /><${SignIns} /><${DeleteAccount} /></div>
      </div>`
    : error.value
      ? html`<${Failed} error=${error.value} again=${load} />`
      : html`<p class="dim" aria-busy="true">${texts.shell.loading}</p>`;
  return html`<${AccountPage} title=${t.title}>${body}<//>`;
}
