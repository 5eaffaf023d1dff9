/** The bet panel of dice: stake, side, and the button that rolls. */

import { html } from "../../html.js";
import { PlaceButton } from "../../room/main_button.js";
import { OneOf, PanelForm, Pays, ResultLine, StakeField, Trouble } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { texts } from "../../texts.js";
import { payoutOf, TEN_THOUSANDTHS } from "../payout.js";
import { choiceIn } from "./choice.js";

const t = texts.games.dice.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */

/** `over` and its name. @type {[boolean, string][]} */
const SIDES = [
  [true, t.over],
  [false, t.under],
];

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const [play, choice] = [playIn(store), choiceIn(store)];
  const stake = play.stake.value;
  const pays = stake === null ? null : payoutOf(stake, choice.multiplier.value, TEN_THOUSANDTHS);
  const submit = () => void play.bet(choice.selection());
  return html`<${PanelForm} store=${store} submit=${submit}>
    <${StakeField} play=${play} selection=${choice.selection()} />
    <${OneOf} name="side" legend=${t.side} options=${SIDES} chosen=${choice.over.value}
      choose=${(/** @type {boolean} */ over) => choice.side(over)} />
    <${Pays} label=${t.pays} cents=${pays} />
    <div class="panel-main"><${PlaceButton} play=${play} submit=${submit} words=${t.roll} placing=${t.rolling} /></div>
    <${Trouble} play=${play} />
    <${ResultLine} play=${play} />
  <//>`;
}
