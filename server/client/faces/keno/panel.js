/** The bet panel of keno: stake, risk, quick pick, and the button that draws. */

import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { PlaceButton } from "../../room/main_button.js";
import { OneOf, PanelForm, Pays, ResultLine, StakeField, Trouble } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { texts } from "../../texts.js";
import { payoutOf, TEN_THOUSANDTHS } from "../payout.js";
import { choiceIn } from "./choice.js";
import { RISKS } from "./math.js";

const text = texts.games.keno.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./math.js").Risk} Risk */

/** @type {[Risk, string][]} */
const RISK_OPTIONS = RISKS.map((risk) => [risk, text.risks[risk]]);

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const [play, choice] = [playIn(store), choiceIn(store)];
  const [table, stake] = [choice.table.value, play.stake.value];
  const most = stake === null || !table ? null : payoutOf(stake, table[table.length - 1], TEN_THOUSANDTHS);
  const submit = () => {
    if (choice.picks.peek().length > 0) void play.bet(choice.selection());
  };
  useKeys([
    { keys: ["p"], label: text.keys.place, run: submit },
    { keys: ["q"], label: text.keys.quick, run: () => choice.quick() },
    { keys: ["c"], label: text.keys.clear, run: () => choice.clear() },
    { keys: ["r"], label: text.keys.risk, run: () => choice.nextRisk() },
  ]);
  return html`<${PanelForm} store=${store} submit=${submit}>
    <${StakeField} play=${play} selection=${choice.picks.value.length ? choice.selection() : undefined} />
    <${OneOf} name="risk" legend=${text.risk} options=${RISK_OPTIONS} chosen=${choice.risk.value}
      choose=${(/** @type {Risk} */ risk) => (choice.risk.value = risk)} />
    <div class="keno-tools">
      <button type="button" class="button" title=${text.quickHint} onClick=${() => choice.quick()}>
        ${text.quick}</button>
      <button type="button" class="button" disabled=${table === null} onClick=${() => choice.clear()}>
        ${text.clear}</button>
    </div>
    <${Pays} label=${text.most} cents=${most} />
    <div class="panel-main">
      <${PlaceButton} play=${play} submit=${submit} words=${table ? text.draw : text.none} placing=${text.drawing}
        ready=${table !== null} />
    </div>
    <${Trouble} play=${play} />
    <${ResultLine} play=${play} />
  <//>`;
}
