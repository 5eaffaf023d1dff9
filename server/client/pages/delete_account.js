/** Deletes the account, after a confirmation with the password. */

import { useRef } from "preact/hooks";
import { api } from "../api.js";
import { html } from "../html.js";
import { navigate } from "../router.js";
import { texts } from "../texts.js";
import { Form, PasswordField } from "../ui/form.js";
import { toast } from "../ui/toast.js";
import { wire } from "../wire.js";

const t = texts.shell.account;

export function DeleteAccount() {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  /** @param {Record<string, string>} values */
  const send = async ({ password }) => {
    await api.request("DELETE /me", { body: { password } });
    wire.signOut();
    toast(t.deleted);
    navigate("/");
  };
  const cancel = html`<button type="button" class="button" onClick=${() => dialog.current?.close()}>
    ${texts.shell.cancel}</button>`;
  return html`<section class="surface stack" aria-labelledby="delete"><h2 id="delete">${t.delete}</h2>
    <p class="dim">${t.deleteLead}</p>
    <p><button type="button" class="button danger" onClick=${() => dialog.current?.showModal()}>${t.delete}</button></p>
    <dialog ref=${dialog} aria-labelledby="delete-title"><div class="stack">
      <h2 id="delete-title">${t.delete}</h2>
      <p>${t.deleteLead}</p>
      <${Form} onSubmit=${send} submit=${t.deleteConfirm} tone="danger" extra=${cancel}>
        <${PasswordField} name="password" label=${texts.shell.fields.password} autocomplete="current-password" />
      <//>
    </div></dialog>
  </section>`;
}
