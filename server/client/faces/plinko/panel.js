/** The bet panel of plinko: stake, risk, rows, and the button that drops the ball. */

import { useComputed } from "@preact/signals";
import { html } from "../../html.js";
import { PanelForm, ResultLine, StakeField, Trouble } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { boardIn } from "./board.js";
import { FEWEST_ROWS, MOST_ROWS, RISKS } from "./tables.js";
import { text as t } from "./text.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./board.js").Board} Board */

/** @param {{board: Board}} props */
function Risk({ board }) {
  return html`<fieldset class="side plinko-risk"><legend class="label">${t.risk}</legend>
    <div class="side-options">
      ${RISKS.map(
        (risk) => html`<label key=${risk} class="side-option">
          <input type="radio" name="risk" checked=${board.risk.value === risk} onChange=${() => board.setRisk(risk)} />
          <span>${t.risks[risk]}</span>
        </label>`,
      )}
    </div>
  </fieldset>`;
}

/** @param {{board: Board}} props */
function Rows({ board }) {
  const all = Array.from({ length: MOST_ROWS - FEWEST_ROWS + 1 }, (_, index) => FEWEST_ROWS + index);
  return html`<div class="field">
    <label for="rows">${t.rows}</label>
    <select id="rows" class="input number" value=${String(board.rows.value)}
      onChange=${(/** @type {any} */ event) => board.setRows(Number(event.target.value))}>
      ${all.map((rows) => html`<option key=${rows} value=${String(rows)}>${rows}</option>`)}
    </select>
  </div>`;
}

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const [play, board] = [playIn(store), boardIn(store)];
  const placing = play.placing.value !== null;
  const submit = () => void play.bet(board.selection());
  const press = (/** @type {MouseEvent} */ event) => void (event.detail < 2 && submit());
  // A result is said when its ball is down, not before.
  const result = useComputed(() => board.landed.value?.own ?? null);
  return html`<${PanelForm} store=${store} submit=${submit}>
    <${StakeField} play=${play} />
    <${Risk} board=${board} />
    <${Rows} board=${board} />
    <div class="panel-main">
      <button type="button" class="button primary large wide main-button" disabled=${placing || play.blocked.value !== null}
        aria-busy=${placing ? "true" : undefined} data-testid="main" data-step=${placing ? "placing" : "place"} onClick=${press}>
        ${placing ? t.dropping : t.drop}
      </button>
    </div>
    <${Trouble} play=${play} />
    <${ResultLine} play=${{ result, refund: play.refund }} />
  <//>`;
}
