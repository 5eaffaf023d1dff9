/** The bet panel of plinko: stake, risk, rows, and the button that drops the ball. */

import { onText } from "../../dom.js";
import { html } from "../../html.js";
import { PlaceButton } from "../../room/main_button.js";
import { PanelForm, ResultLine, StakeField, Trouble } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { texts } from "../../texts.js";
import { boardIn } from "./board.js";
import { FEWEST_ROWS, MOST_ROWS, RISKS } from "./tables.js";

const t = texts.games.plinko.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */

const ROWS = Array.from({ length: MOST_ROWS - FEWEST_ROWS + 1 }, (_, index) => FEWEST_ROWS + index);

/**
 * @param {{
 *   id: string,
 *   label: string,
 *   value: string,
 *   options: [string, string][],
 *   choose: (value: string) => void,
 * }} props
 */
function Choice({ id, label, value, options, choose }) {
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select id=${id} class="input number" value=${value}
      onChange=${onText(choose)}>
      ${options.map(
        ([option, words]) => html`<option key=${option} value=${option} selected=${option === value}>
        ${words}</option>`,
      )}
    </select>
  </div>`;
}

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const [play, board] = [playIn(store), boardIn(store)];
  const submit = () => void play.bet(board.selection());
  return html`<${PanelForm} store=${store} submit=${submit}>
    <${StakeField} play=${play} selection=${board.selection()} />
    <${Choice} id="risk" label=${t.risk} value=${board.risk.value} options=${RISKS.map((risk) => [risk, t.risks[risk]])}
      choose=${(/** @type {import("./tables.js").Risk} */ risk) => board.setRisk(risk)} />
    <${Choice} id="rows" label=${t.rows} value=${String(board.rows.value)}
      options=${ROWS.map((rows) => [String(rows), String(rows)])}
      choose=${(/** @type {string} */ rows) => board.setRows(Number(rows))} />
    <div class="panel-main"><${PlaceButton} play=${play} submit=${submit} words=${t.drop} placing=${t.dropping} /></div>
    <${Trouble} play=${play} />
    <${ResultLine} play=${play} />
  <//>`;
}
