/** One's own account: profile, username, password, client seed, and the way out. */

import { useEffect, useState } from "preact/hooks";
import { api } from "../api.js";
import { html } from "../html.js";
import { navigate } from "../router.js";
import { text } from "../text.js";
import { token } from "../token.js";
import { Field, Form, PasswordField } from "../ui/form.js";
import { AccountPage } from "../ui/gate.js";
import { Failed } from "../ui/list.js";
import { Strength } from "../ui/strength.js";
import { toast } from "../ui/toast.js";
import { wire } from "../wire.js";
import { ClientSeed } from "./client_seed.js";
import { DeleteAccount } from "./delete_account.js";

const t = text.account;
const f = text.fields;

/** @typedef {Record<string, string>} Values */

export const title = () => t.title;

/** What is empty is taken away. @param {string} value */
const orNull = (value) => value.trim() || null;

/** @param {{me: any, changed: (me: any) => void}} props */
function ProfileForm({ me, changed }) {
  /** @param {Values} values */
  const send = async (values) => {
    const profile = Object.fromEntries(
      ["bio", "avatar_url", "location", "dob"].map((field) => [field, orNull(values[`profile.${field}`])]),
    );
    const username = values.username.trim();
    const body = { full_name: values.full_name.trim(), profile, ...(username !== me.username && { username }) };
    const saved = await api.patch("/me", body);
    changed(saved);
    if (wire.me.value) wire.me.value = { ...wire.me.value, username: saved.username };
    toast(text.saved, "good");
  };
  const today = new Date().toISOString().slice(0, 10);
  const profile = me.profile ?? {};
  return html`<section class="surface stack" aria-labelledby="profile"><h2 id="profile">${t.profile}</h2>
    <p class="dim small">${t.profileLead} <a href="/users/${me.username}">${t.publicPage}</a></p>
    <${Form} onSubmit=${send} submit=${text.save}>
      <${Field} name="username" label=${f.username} hint=${t.usernameHint} value=${me.username} autocomplete="username"
        maxlength=${20} spellcheck=${false} />
      <${Field} name="full_name" label=${f.full_name} value=${me.full_name} autocomplete="name" maxlength=${100} />
      <${Field} name="profile.bio" label=${f.bio} value=${profile.bio ?? ""} required=${false} multiline=${true}
        maxlength=${2000} />
      <${Field} name="profile.location" label=${f.location} value=${profile.location ?? ""} required=${false}
        maxlength=${100} />
      <${Field} name="profile.avatar_url" type="url" label=${f.avatar_url} hint=${t.avatarHint}
        value=${profile.avatar_url ?? ""} required=${false} maxlength=${255} autocomplete="off" />
      <${Field} name="profile.dob" type="date" label=${f.dob} value=${profile.dob ?? ""} required=${false} max=${today}
        autocomplete="bday" />
    <//>
  </section>`;
}

function PasswordForm() {
  const [password, setPassword] = useState("");
  /** @param {Values} values @param {HTMLFormElement} form */
  const send = async (values, form) => {
    await api.post("/auth/password/change", values);
    form.reset();
    setPassword("");
    toast(t.passwordChanged, "good");
    if (!token.get()) navigate("/sign-in");
  };
  return html`<section class="surface stack" aria-labelledby="password"><h2 id="password">${t.password}</h2>
    <${Form} onSubmit=${send} submit=${t.changePassword} tone="">
      <${PasswordField} name="current_password" label=${f.current_password} autocomplete="current-password" />
      <${PasswordField} name="password" label=${f.new_password} hint=${text.signUp.passwordHint}
        autocomplete="new-password"
        onInput=${setPassword} below=${html`<${Strength} password=${password} known=${[wire.me.peek()?.username ?? ""]} />`} />
    <//>
  </section>`;
}

export default function Account() {
  const [me, setMe] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const load = () =>
    api.get("/me").then((got) => {
      setMe(got);
      setError(null);
    }, setError);
  useEffect(() => void (token.get() && load()), []);
  const body = me
    ? html`<div class="columns">
        <${ProfileForm} me=${me} changed=${setMe} />
        <div class="stack"><${ClientSeed} seed=${me.client_seed} /><${PasswordForm} /><${DeleteAccount} /></div>
      </div>`
    : error
      ? html`<${Failed} error=${error} again=${load} />`
      : html`<p class="dim" aria-busy="true">${text.loading}</p>`;
  return html`<${AccountPage} title=${t.title}>${body}<//>`;
}
