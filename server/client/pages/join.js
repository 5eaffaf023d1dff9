/** Takes the short code of a private room or the name of a public one, which are read out or shown on a wall, and leads there. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, api } from "../api.js";
import { html } from "../html.js";
import { invitePath } from "../invites.js";
import { navigate } from "../router.js";
import { texts } from "../texts.js";
import { Field, Form } from "../ui/form.js";

const t = texts.shell.join;

export const title = () => t.title;

/** The address of the room that was meant. @param {string} typed */
async function roomOf(typed) {
  const code = typed.trim();
  try {
    const { room, invite } = await api.request("GET /join/{code}", { path: { code } });
    return invitePath(room, invite);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "not_found") throw error;
  }
  const room = code.toLowerCase();
  await api.request("GET /rooms/{room}", { path: { room } });
  return `/rooms/${room}`;
}

/** @param {string} code */
async function enter(code) {
  try {
    navigate(await roomOf(code), { replace: true });
  } catch (error) {
    throw error instanceof ApiError && error.code === "not_found" ? new Error(t.unknown) : error;
  }
}

/** @param {{route: import("../router.js").Route}} props */
export default function Join({ route }) {
  const given = route.params.code ?? "";
  const failed = useSignal("");
  useEffect(() => {
    if (given) enter(given).catch((/** @type {Error} */ error) => (failed.value = error.message));
  }, [given]);
  return html`<div class="page narrow stack">
    <h1>${t.title}</h1>
    <p class="dim">${t.lead}</p>
    ${failed.value && html`<p class="notice bad" role="alert">${failed.value}</p>`}
    <div class="surface">
      <${Form} onSubmit=${(/** @type {Record<string, string>} */ values) => enter(values.code)} submit=${t.submit}>
        <${Field} name="code" label=${t.code} hint=${t.hint} value=${given} autocomplete="off" autocapitalize="characters"
          spellcheck=${false} most=${24} />
      <//>
    </div>
  </div>`;
}
