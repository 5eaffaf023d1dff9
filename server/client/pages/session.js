/** Redirects from a live session to its room. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { errorText } from "../error_text.js";
import { html } from "../html.js";
import { openSession } from "../rooms.js";
import { navigate } from "../router.js";
import { texts } from "../texts.js";
import { WireError, wire } from "../wire.js";

export const title = () => texts.shell.sessions.title;

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
    return missing ? texts.shell.session.missing : errorText(error);
  }
}

/** @param {{route: import("../router.js").Route}} props */
export default function Session({ route }) {
  const failed = useSignal("");
  useEffect(() => {
    void goTo(Number(route.params.id)).then((words) => (failed.value = words));
  }, [route.params.id]);
  return html`<div class="page narrow stack"><h1>${texts.shell.sessions.title}</h1>
    ${
      failed.value
        ? html`<p role="alert">${failed.value}</p><p><a class="button primary"
      href="/">${texts.shell.notFound.next}</a></p>`
        : html`<p class="dim">${texts.shell.loading}</p>`
    }
  </div>`;
}
