/** The bet panel of limbo: stake, what a win pays, and the button that draws. */

import { html } from "../../html.js";
import { PlaceButton } from "../../room/main_button.js";
import { PanelForm, Pays, ResultLine, StakeField, Trouble } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { texts } from "../../texts.js";
import { HUNDREDTHS, payoutOf } from "../payout.js";
import { choiceIn } from "./choice.js";

const t = texts.games.limbo.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const [play, choice] = [playIn(store), choiceIn(store)];
  const stake = play.stake.value;
  const pays = stake === null ? null : payoutOf(stake, choice.target.value, HUNDREDTHS);
  const submit = () => void play.bet(choice.selection());
  return html`<${PanelForm} store=${store} submit=${submit}>
    <${StakeField} play=${play} selection=${choice.selection()} />
    <${Pays} label=${t.pays} cents=${pays} />
    <div class="panel-main"><${PlaceButton} play=${play} submit=${submit} words=${t.bet} placing=${t.drawing} /></div>
    <${Trouble} play=${play} />
    <${ResultLine} play=${play} />
  <//>`;
}
