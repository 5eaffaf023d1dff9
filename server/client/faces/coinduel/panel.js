/** The bet panel of the coin duel: make a challenge, withdraw it, or take another player's. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../../html.js";
import { useKeys } from "../../room/keys.js";
import { MainButton } from "../../room/main_button.js";
import { OneOf, PanelForm, Pays, ResultLine, StakeField, Trouble } from "../../room/panel.js";
import { playIn } from "../../room/play.js";
import { texts } from "../../texts.js";
import { otherSide, winnings } from "./rules.js";

const t = texts.games.coinduel.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../../room/play.js").Play} Play */
/** @typedef {{player: string, bet: string, amount: number, call: string}} Challenge */

/** How long a new challenge can't be taken, so that a press meant to make a challenge does not take one. */
const ARMING_MS = 700;

/** What the main button does next. @param {Play} play @param {Challenge | undefined} challenge */
function duelStep(play, challenge) {
  const you = play.store.you.value?.player;
  if (play.placing.value) return "placing";
  if (challenge) return challenge.player === you ? "withdraw" : "take";
  return play.mine.value.length > 0 ? "placing" : "challenge";
}

/** The challenge that can be taken. A new one can be taken only after a moment. @param {string} bet */
function useArmed(bet) {
  const armed = useSignal(bet);
  useEffect(() => {
    if (armed.peek() === bet) return undefined;
    const timer = setTimeout(() => (armed.value = bet), ARMING_MS);
    return () => clearTimeout(timer);
  }, [bet]);
  return armed;
}

/** @param {{words: string, hint: string}} props */
function Offer({ words, hint }) {
  return html`<div class="duel-offer" data-testid="offer"><p><strong>${words}</strong></p>
    <p class="dim small">${hint}</p></div>`;
}

/** @param {string} step @param {Challenge | undefined} challenge @param {boolean} acting */
function buttonOf(step, challenge, acting) {
  if (step === "placing") return t.placing;
  if (step === "take" && challenge) return t.take(challenge.amount, otherSide(challenge.call));
  if (step === "withdraw") return acting ? t.withdrawing : t.withdraw;
  return t.challenge;
}

/** @param {{store: RoomStore}} props */
export function BetPanel({ store }) {
  const play = playIn(store);
  const side = useSignal("heads");
  const challenge = useComputed(() => /** @type {Challenge | undefined} */ (store.view.value.challenge));
  const armed = useArmed(challenge.value?.bet ?? "");
  const step = duelStep(play, challenge.value);
  const rake = store.state.value?.options?.rake ?? 0;
  const withdraw = () => {
    if (duelStep(play, challenge.peek()) === "withdraw" && play.cannotAct.peek() === null) void play.act("withdraw");
  };
  const submit = () => {
    const stands = challenge.peek();
    const now = duelStep(play, stands);
    if (now === "challenge") void play.bet({ side: side.peek() });
    else if (now === "take" && stands && armed.peek() === stands.bet) void play.bet({}, stands.amount);
  };
  useKeys([
    { keys: ["ArrowLeft"], label: t.keys.heads, run: () => (side.value = "heads") },
    { keys: ["ArrowRight"], label: t.keys.tails, run: () => (side.value = "tails") },
    { keys: ["w"], label: t.keys.withdraw, run: withdraw },
  ]);
  const unarmed = step === "take" && armed.value !== challenge.value?.bet;
  const stands = challenge.value;
  const stake = stands ? stands.amount : play.stake.value;
  return html`<${PanelForm} store=${store} submit=${submit}>
    ${!stands && html`<${StakeField} play=${play} selection=${{ side: side.value }} />`}
    ${
      !stands &&
      html`<${OneOf} name="side" legend=${t.side} options=${Object.entries(t.sides)} chosen=${side.value}
      choose=${(/** @type {string} */ name) => (side.value = name)} />`
    }
    ${
      step === "take" &&
      stands &&
      html`<${Offer} words=${t.offer(stands.player, stands.amount, stands.call)}
      hint=${t.offerHint(otherSide(stands.call))} />`
    }
    ${
      step === "withdraw" &&
      stands &&
      html`<${Offer} words=${t.mine(stands.amount, stands.call)}
      hint=${t.mineHint} />`
    }
    <${Pays} label=${rake > 0 ? `${t.pays}, ${t.rake(rake)}` : t.pays}
      cents=${stake === null ? null : winnings(stake, rake)} />
    <div class="panel-main">
      <${MainButton} play=${play} step=${step} move=${step === "withdraw"} look=${step === "withdraw" ? "" : "primary"}
        disabled=${play.acting.value || unarmed} run=${step === "withdraw" ? withdraw : submit}>
        ${buttonOf(step, stands, play.acting.value)}<//>
    </div>
    <${Trouble} play=${play} />
    <${ResultLine} play=${play} />
  <//>`;
}
