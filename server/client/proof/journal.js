/** A round's journal as a readable list: who did what and when. Consecutive clock steps become one line. */

import { chips, fixed } from "../format.js";
import { html } from "../html.js";
import { texts, wordFor } from "../texts.js";

/** @typedef {import("./verify.js").Proof} Proof */
/** @typedef {import("./verify.js").Command} Command */
/** @typedef {{at: number, text: string}} Line */

const t = texts.room.proof;

/** A name in a game's moves, in words. @param {string} name */
const named = (name) => wordFor(name) ?? name.replaceAll("_", " ");

/** @param {Record<string, any>} action */
function actionText({ action, ...rest }) {
  const more = Object.entries(rest).map(
    ([name, value]) => `${named(name)} ${name === "amount" ? chips(value) : value}`,
  );
  return [named(action), ...more].join(", ");
}

/** @param {Command} command @param {(seat: number) => string} nameOf */
function commandText(command, nameOf) {
  if (command.do === "bet") return t.journalBet(nameOf(command.seat), command.number, command.amount);
  if (command.do === "act") return t.journalAct(nameOf(command.seat), actionText(command.action));
  if (command.do === "leave") return t.journalLeave(nameOf(command.seat));
  return command.do === "wake" ? t.journalWake : t.journalShortenTurns(command.turn_ms / 1000);
}

/**
 * The lines of a journal. Consecutive clock steps become one line.
 * @param {import("./verify.js").Journal} journal
 * @param {number} openedAt ms since the epoch
 * @param {(seat: number) => string} [nameOf] the player of a seat
 * @returns {Line[]}
 */
export function journalLines(journal, openedAt, nameOf = t.seat) {
  /** @type {(Line & {wakes: number})[]} */
  const lines = [];
  for (const [now, command] of journal) {
    const last = lines.at(-1);
    if (command.do === "wake" && last && last.wakes > 0) {
      last.wakes += 1;
      last.text = t.journalWakes(last.wakes);
    } else lines.push({ at: now - openedAt, text: commandText(command, nameOf), wakes: command.do === "wake" ? 1 : 0 });
  }
  return lines;
}

/** @param {{proof: Proof, names: Map<string, string>}} props `names` are those of the players, by bet */
export function Journal({ proof, names }) {
  const bySeat = new Map(proof.bets.map(({ seat, bet }) => [seat, names.get(bet)]));
  const nameOf = (/** @type {number} */ seat) => bySeat.get(seat) ?? t.seat(seat);
  const lines = journalLines(proof.journal ?? [], proof.opened_at_ms, nameOf);
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
            class="end number dim">${texts.units.seconds(fixed(at / 1000, 3))}</td><td>${text}</td></tr>`,
          )}</tbody>
        </table>
      </div>`
    }
  </section>`;
}
