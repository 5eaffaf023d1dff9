/** A player's public profile. */

import { ApiError } from "../api.js";
import { errorText } from "../error_text.js";
import { date } from "../format.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { useAnswer } from "../ui/answer.js";
import { wire } from "../wire.js";

const t = texts.shell.user;

/** @param {import("../router.js").Route} route */
export const title = (route) => route.params.name;

/** @param {{user: import("../http.d.ts").PublicProfile}} props */
function Profile({ user }) {
  const { username, created_at: since, bio, avatar_url: avatar, location } = user;
  const own = wire.me.value?.username === username;
  return html`<article class="page narrow stack profile">
    <div class="row">
      <span class="avatar" aria-hidden="true">${username[0].toUpperCase()}</span>
      <div>
        <h1>${username}</h1>
        <p class="dim">${[location, since && texts.shell.account.memberSince(date(since))].filter(Boolean).join(" · ")}</p>
      </div>
    </div>
    <p class="surface bio">${bio || html`<span class="dim">${t.noBio}</span>`}</p>
    ${avatar && html`<p><a href=${avatar} rel="noopener noreferrer nofollow">${t.picture}</a></p>`}
    ${own && html`<p><a class="button" href="/account">${t.edit}</a></p>`}
  </article>`;
}

/** @param {{route: import("../router.js").Route}} props */
export default function UserPage({ route }) {
  const { name } = route.params;
  const { answer, error: failed } = useAnswer("GET /users/{username}", { path: { username: name } });
  const error = failed.value;
  if (answer.value) return html`<${Profile} user=${answer.value} />`;
  if (!error) return html`<p class="page dim" aria-busy="true">${texts.shell.loading}</p>`;
  const missing = error instanceof ApiError && error.code === "not_found";
  return html`<div class="page narrow stack"><h1>${name}</h1>
    <p role="alert">${missing ? t.missing : errorText(error)}</p>
    <p><a class="button primary" href="/">${texts.shell.notFound.next}</a></p></div>`;
}
