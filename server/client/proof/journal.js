/** A round's journal as a readable list: who did what and when. Consecutive clock steps become one line. */

import { html } from "../html.js";
import { roomText } from "../room_text.js";

/** @typedef {import("./verify.js").Proof} Proof */
/** @typedef {import("./verify.js").Command} Command */
/** @typedef {{at: number, text: string}} Line */

const t = roomText.proof;

/** @param {Record<string, any>} action */
function actionText({ action, ...rest }) {
  const more = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return [action, ...more].join(", ");
}

/** @param {Command} command */
function commandText(command) {
  if (command.do === "bet") return t.journalBet(command.seat, command.number, command.amount);
  if (command.do === "act") return t.journalAct(command.seat, actionText(command.action));
  if (command.do === "leave") return t.journalLeave(command.seat);
  return command.do === "wake" ? t.journalWake : t.journalShortenTurns(command.turn_ms / 1000);
}

/**
 * The lines of a journal. Consecutive clock steps become one line.
 * @param {import("./verify.js").Journal} journal
 * @param {number} openedAt ms since the epoch
 * @returns {Line[]}
 */
export function journalLines(journal, openedAt) {
  /** @type {(Line & {wakes: number})[]} */
  const lines = [];
  for (const [now, command] of journal) {
    const last = lines.at(-1);
    if (command.do === "wake" && last && last.wakes > 0) {
      last.wakes += 1;
      last.text = t.journalWakes(last.wakes);
    } else lines.push({ at: now - openedAt, text: commandText(command), wakes: command.do === "wake" ? 1 : 0 });
  }
  return lines;
}

/** @param {{proof: Proof}} props */
export function Journal({ proof }) {
  const lines = journalLines(proof.journal ?? [], proof.opened_at_ms);
  return html`<section class="surface stack" aria-labelledby="journal-title">
    <h2 id="journal-title">${t.journal}</h2>
    ${lines.length === 0 && html`<p class="dim">${t.journalEmpty}</p>`}
    ${
      lines.length > 0 &&
      html`<div class="journal" tabindex="0" role="region" aria-labelledby="journal-title">
        <table><thead class="visually-hidden"><tr><th scope="col">${t.when}</th><th
          scope="col">${t.journal}</th></tr></thead>
          <tbody>${lines.map(
            ({ at, text }, index) => html`<tr key=${index}><td
            class="end number dim">${(at / 1000).toFixed(3)} s</td><td>${text}</td></tr>`,
          )}</tbody>
        </table>
      </div>`
    }
  </section>`;
}
