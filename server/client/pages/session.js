/** Redirects from a live session to its room. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { openSession } from "../rooms.js";
import { navigate } from "../router.js";
import { errorText, text } from "../text.js";
import { WireError, wire } from "../wire.js";

export const title = () => text.sessions.title;

/** @param {number} id @returns {Promise<string>} what went wrong, in words; empty on success */
async function goTo(id) {
  try {
    await wire.online(15_000);
    const store = await openSession(id);
    navigate(`/rooms/${store.room}`, { replace: true });
    store.close();
    return "";
  } catch (error) {
    const missing = error instanceof WireError && ["no_such_room", "bad_request"].includes(error.code);
    return missing ? text.session.missing : errorText(error);
  }
}

/** @param {{route: import("../router.js").Route}} props */
export default function Session({ route }) {
  const failed = useSignal("");
  useEffect(() => {
    void goTo(Number(route.params.id)).then((words) => (failed.value = words));
  }, [route.params.id]);
  return html`<div class="page narrow stack"><h1>${text.sessions.title}</h1>
    ${
      failed.value
        ? html`<p role="alert">${failed.value}</p><p><a class="button primary"
      href="/">${text.notFound.next}</a></p>`
        : html`<p class="dim">${text.loading}</p>`
    }
  </div>`;
}
