/** The blackjack table: the dealer on top, the hands in playing order, the player's own below and larger. */

import { useEffect, useRef } from "preact/hooks";
import { announce, reducedMotion } from "../../dom.js";
import { chips } from "../../format.js";
import { html } from "../../html.js";
import { useLingering } from "../../room/lingering.js";
import { useReveal, useRevealByAnimations } from "../../room/reveal.js";
import { texts } from "../../texts.js";
import { Chip, Fan } from "../../ui/playing_card.js";
import { TurnTimer } from "../../ui/turn_timer.js";
import { isBlackjack, totalOf } from "./cards.js";
import { actionsOf, handToPlay, tableOf } from "./table.js";
import { lingers } from "./tile.js";

const text = texts.games.blackjack.face;

export { BetPanel } from "./panel.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/** @typedef {import("./table.js").Seat} Seat */
/** @typedef {import("./table.js").ShownHand} ShownHand */
/** @typedef {import("./table.js").Table} Table */

/** @type {NonNullable<import("../../shapes.d.ts").Tile["due"]>} */
export function due(view, seat) {
  const moves = actionsOf(view, seat);
  if ("insure" in moves) return text.dueInsurance;
  return Object.keys(moves).length > 0 ? text.due : null;
}

/** The delay between the dealer's cards when several arrive at once. */
const STEP_MS = 350;
const PAY_MS = 600;

/** @param {string[]} cards */
function dealerWords(cards) {
  const total = totalOf(cards);
  return isBlackjack(cards) ? text.dealerBlackjack : total > 21 ? text.dealerBust(total) : text.dealerHas(total);
}

/** Announces our turn, the insurance question and the end of the round. @param {RoomStore} store */
function useSpoken(store) {
  const [view, you] = [store.view.value, store.you.value];
  const turn = you && view.turn?.seat === you.seat ? `${view.turn.hand}` : "";
  useEffect(() => {
    const hand = handToPlay(store.view.peek());
    const dealer = store.view.peek().dealer;
    if (!turn || !hand) return;
    announce(text.saidTurn(text.spokenTotal(hand.total, hand.soft), text.spokenTotal(dealer.total, false)), true);
  }, [turn, view.turn?.ends_at]);
  const asked = "insure" in actionsOf(view, you?.seat);
  useEffect(() => (asked ? announce(text.saidInsurance, true) : undefined), [asked]);
  useEffect(
    () =>
      store.onRevealed((event) => {
        const state = store.state.peek();
        const ended = state && (state.view.phase === "ended" ? state.view : state.view.past);
        if (!state || !ended?.dealer || event.results.length === 0) return;
        announce(text.saidDealer(dealerWords(ended.dealer.dealt)));
        const own = tableOf(state, ended !== state.view).seats.find((seat) => seat.own);
        for (const hand of own?.hands ?? [])
          if (hand.verdict) announce(text.saidHand(String(hand.total), text.verdicts[hand.verdict]));
      }),
    [store],
  );
}

/** @param {{table: Table}} props */
function Dealer({ table: { dealer, over, open } }) {
  const shown = dealer !== null && dealer.dealt.length > 0;
  const late = over && shown ? Math.max(0, dealer.dealt.length - open - 1) * STEP_MS : 0;
  return html`<section class="bj-dealer" data-part="board" aria-label=${text.dealer} data-testid="dealer"
    data-total=${shown ? dealer.total : 0}>
    <div class="bj-cards">
      ${
        shown &&
        html`<${Fan} cards=${dealer.dealt} hidden=${dealer.hidden} before=${over ? open : dealer.dealt.length}
        step=${STEP_MS} />`
      }
    </div>
    <p class="bj-name"><span class="dim">${text.dealer}</span>
      ${
        shown &&
        html`<strong class="bj-total number" key=${late} style=${{ animationDelay: `${late}ms` }}>${
          over
            ? isBlackjack(dealer.dealt)
              ? text.verdicts.blackjack
              : dealer.total
            : text.total(dealer.total, dealer.soft)
        }</strong>`
      }</p>
  </section>`;
}

/** What the table is waiting for. @param {{store: RoomStore, table: Table, past: boolean}} props */
function Status({ store, table, past }) {
  const { view, options } = /** @type {import("../../shapes.d.ts").RoomState} */ (store.state.value);
  const clock = () => store.now();
  if (past || table.over) {
    const words = table.dealer && table.dealer.dealt.length > 0 ? dealerWords(table.dealer.dealt) : "";
    return html`<p class="bj-status" data-testid="status"><strong>${words}</strong></p>`;
  }
  const turn = view.turn && table.seats[view.turn.seat];
  const closing = (view.phase === "betting" || view.phase === "insurance") && view.closes_at;
  const words = turn
    ? turn.own
      ? text.yourTurn
      : text.turnOf(turn.player ?? "")
    : view.phase === "betting"
      ? closing
        ? text.dealing
        : text.waiting
      : view.phase === "insurance"
        ? text.insurance
        : view.phase === "settling"
          ? text.settling
          : text.between;
  const total = turn ? options.turn_ms : view.phase === "insurance" ? options.insurance_ms : options.betting_ms;
  const endsAt = turn ? view.turn.ends_at : closing;
  return html`<div class=${`bj-status ${turn?.own ? "bright" : ""}`} data-testid="status">
    <strong>${words}</strong>
    ${endsAt && html`<${TurnTimer} key=${endsAt} endsAt=${endsAt} total=${total ?? 15_000} clock=${clock} />`}
  </div>`;
}

/**
 * Animates chips from the dealer or to the dealer, `late` ms after the first card.
 * @param {"paid" | "taken" | ""} way
 * @param {number} late
 */
function usePay(way, late) {
  const node = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const [from, to] = [node.current?.closest(".bj-face")?.querySelector(".bj-dealer"), node.current];
    if (!way || !from || !to || reducedMotion()) return undefined;
    const [dealer, here] = [from.getBoundingClientRect(), to.getBoundingClientRect()];
    const x = dealer.x + dealer.width / 2 - here.x - here.width / 2;
    const there = { opacity: 0, transform: `translate(${x}px, ${dealer.y + dealer.height / 2 - here.y}px)` };
    const frames =
      way === "paid" ? [there, { opacity: 1, transform: "none" }] : [{ opacity: 1, transform: "none" }, there];
    const run = to.animate(frames, { duration: PAY_MS, delay: late, easing: "ease-in-out", fill: "backwards" });
    return () => run.cancel();
  }, [way]);
  return node;
}

/** @param {ShownHand} hand @param {boolean} settled */
function wayOf({ verdict }, settled) {
  if (!settled || !verdict || verdict === "push") return "";
  return verdict === "win" || verdict === "blackjack" ? "paid" : "taken";
}

/** @param {{hand: ShownHand, late: number, settled: boolean}} props */
function HandOf({ hand, late, settled }) {
  const { verdict, state } = hand;
  const words = verdict
    ? text.verdicts[verdict]
    : state === "blackjack"
      ? text.verdicts.blackjack
      : state === "doubled"
        ? text.doubled
        : "";
  const way = wayOf(hand, settled);
  const bet = usePay(way, late);
  return html`<div class=${`bj-hand ${hand.acting ? "acting" : ""}`} data-testid="hand" data-seat=${hand.seat}
    data-hand=${hand.hand} data-total=${hand.total} data-state=${hand.state} data-verdict=${verdict ?? ""}>
    <${Fan} cards=${hand.dealt} />
    <p class="bj-facts">
      <span class="bj-total number">${text.total(hand.total, hand.soft)}</span>
      <span ref=${bet} class=${`bj-bet ${way}`}><${Chip}>${chips(hand.amount)}<//></span>
    </p>
    ${
      words &&
      html`<p key=${words} class=${`bj-verdict ${verdict ?? ""}`}
      style=${settled ? { animationDelay: `${late}ms` } : undefined}>${words}</p>`
    }
  </div>`;
}

/** A player's seat. @param {{seat: Seat, table: Table}} props */
function Place({ seat, table }) {
  if (!seat.player) {
    return html`<li class="bj-seat free" data-testid="seat" data-seat=${seat.seat} data-player="">
      <span class="visually-hidden">${texts.cards.empty(seat.seat)}</span></li>`;
  }
  const late = table.over && table.dealer ? (Math.max(0, table.dealer.dealt.length - table.open - 1) + 1) * STEP_MS : 0;
  const net = table.over ? seat.net : null;
  const tone = net === null ? "" : net > 0 ? "win" : net < 0 ? "loss" : "";
  return html`<li class=${`bj-seat ${seat.own ? "own" : ""}`} data-testid="seat" data-seat=${seat.seat}
    data-part=${seat.own ? "own" : undefined} data-player=${seat.player}>
    <div class="bj-hands" data-count=${seat.hands.length}>
      ${seat.hands.map((hand) => html`<${HandOf} key=${hand.hand} hand=${hand} late=${late} settled=${table.over} />`)}
      ${
        seat.hands.length === 0 &&
        html`<span class="bj-spot">
        ${seat.bet > 0 && html`<${Chip}>${chips(seat.bet)}<//>`}</span>`
      }
    </div>
    ${seat.insured > 0 && html`<p class="bj-insured number">${text.insured(seat.insured)}</p>`}
    <p class="bj-name">
      <span class=${seat.away ? "dim" : ""}>${seat.player}</span>
      ${seat.own && html` <span class="chip bright">${texts.cards.you}</span>`}
      ${seat.away && html` <span class="dim">${texts.cards.away}</span>`}
    </p>
    <p class=${`bj-net number ${tone}`} key=${net} style=${{ animationDelay: `${late}ms` }}>
        ${net !== null && text.net(net)}</p>
  </li>`;
}

/** @param {{store: RoomStore}} props */
export function Face({ store }) {
  const past = useLingering(store, lingers);
  const node = useRef(/** @type {HTMLElement | null} */ (null));
  useReveal(store, ({ results }) => results.length > 0);
  // The dealer's cards come one after another, and the verdicts after the last one.
  useRevealByAnimations(store, node, ".playing-card, .bj-verdict");
  useSpoken(store);
  const state = /** @type {import("../../shapes.d.ts").RoomState} */ (store.state.value);
  const table = tableOf(state, past);
  const [own, others] = [table.seats.filter((seat) => seat.own), table.seats.filter((seat) => !seat.own)];
  return html`<div class="bj-face" ref=${node} data-testid="blackjack" data-phase=${state.view.phase} data-past=${past}>
    <${Dealer} table=${table} />
    <${Status} store=${store} table=${table} past=${past} />
    <p class="bj-printed" aria-hidden="true">${text.printed}</p>
    <ol class="bj-seats" aria-label=${text.seats}>
      ${others.map((seat) => html`<${Place} key=${seat.seat} seat=${seat} table=${table} />`)}
    </ol>
    ${
      own.length > 0 &&
      html`<ol class="bj-own" aria-label=${text.place}>
        ${own.map((seat) => html`<${Place} key=${seat.seat} seat=${seat} table=${table} />`)}</ol>`
    }
  </div>`;
}
