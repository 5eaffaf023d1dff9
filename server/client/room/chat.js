/** The room's chat. Screen readers announce new messages politely. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { errorText } from "../error_text.js";
import { time } from "../format.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { Counter, limited } from "../ui/limited.js";

const LONGEST = 280;

/** Keeps the newest line visible unless the reader has scrolled up. @param {number} lines */
function useBottom(lines) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const away = useRef(false);
  useEffect(() => {
    if (box.current && !away.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  const onScroll = () => {
    const at = box.current;
    away.current = !!at && at.scrollHeight - at.scrollTop - at.clientHeight > 40;
  };
  return { box, onScroll };
}

/** @param {{store: import("../rooms.js").RoomStore}} props */
export function Chat({ store }) {
  const lines = store.chatLines.value;
  const seated = store.you.value !== null;
  const { box, onScroll } = useBottom(lines.length && lines[lines.length - 1].at);
  return html`<section class="chat surface" aria-labelledby="chat-title">
    <h2 id="chat-title">${texts.room.chat.title}</h2>
    <div class="chat-lines" ref=${box} onScroll=${onScroll} role="log" aria-live="polite" aria-labelledby="chat-title"
      tabindex="0">
      ${
        lines.length === 0 &&
        html`<p
        class="dim small">${seated ? texts.room.chat.empty : texts.room.chat.emptyWatching}</p>`
      }
      ${lines.map(
        (line) => html`<p class="chat-line" key=${`${line.at}${line.player}`}>
          <a href=${`/users/${line.player}`}>${line.player}</a>
          <time class="dim" datetime=${new Date(line.at).toISOString()}>${time(line.at)}</time>
          <span>${line.text}</span>
        </p>`,
      )}
    </div>
    ${
      seated
        ? html`<${Say} store=${store} />`
        : !store.state.value?.closed && html`<p class="dim small">${texts.room.chat.watching}</p>`
    }
  </section>`;
}

/** @param {{store: import("../rooms.js").RoomStore}} props */
function Say({ store }) {
  const typed = useSignal("");
  const error = useSignal(/** @type {string | null} */ (null));
  const offline = store.wire.connection.value !== "online";
  const take = (/** @type {Event} */ event) => (typed.value = limited(event, LONGEST, typed.peek()));
  const say = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const line = typed.peek().trim();
    if (!line) return;
    typed.value = "";
    error.value = null;
    try {
      await store.chat(line);
    } catch (problem) {
      if (typed.peek() === "") typed.value = line;
      error.value = errorText(problem);
    }
  };
  return html`<form class="chat-say" onSubmit=${say}>
    <div class="with-button">
      <input class="input" aria-label=${texts.room.chat.label} placeholder=${texts.room.chat.placeholder}
        autocomplete="off" enterkeyhint="send" value=${typed.value}
        aria-describedby="chat-note" onInput=${take} onCompositionEnd=${take} />
      <button class="button" disabled=${offline || !typed.value.trim()}>${texts.room.chat.send}</button>
    </div>
    <p id="chat-note" class="small">
      <${Counter} words=${typed.value} most=${LONGEST} />
      ${error.value && html`<span class="loss">${error.value}</span>`}
    </p>
  </form>`;
}
