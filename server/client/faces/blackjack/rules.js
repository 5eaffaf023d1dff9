/**
 * Replays a blackjack round: the cards come from the seeds, the moves and their times from the journal. As on the
 * server, each command first advances the round to the command's time, and anything due before happens at its planned
 * time.
 */

import { texts } from "../../texts.js";
import { cardOf } from "../deck.js";
import { payoutOf } from "../payout.js";
import { isBlackjack, pointsOf, totalOf } from "./cards.js";

const t = texts.games.blackjack.proof;

/** @typedef {import("../../proof/verify.js").JournalBet} JournalBet */
/** @typedef {import("../../proof/verify.js").Command} Command */

const MOST_HANDS = 4;

/** Seven players with at most four hands of twenty cards each, and twelve cards for the dealer. */
export const draws = 7 * 4 * 20 + 12;

/**
 * @typedef {object} Hand
 * @property {JournalBet} bet
 * @property {string[]} cards
 * @property {"playing" | "stood" | "doubled" | "bust" | "blackjack"} state
 * @property {1 | 2} staked multiples of the bet
 */

class Table {
  /** @param {import("../../proof/verify.js").Played} round */
  constructor({ draws: stream, options, openedAt }) {
    this.stream = stream;
    this.times = { betting: 15_000, turn: 15_000, insurance: 8_000 };
    for (const each of /** @type {const} */ (["betting", "turn", "insurance"])) {
      this.times[each] = options[`${each}_ms`] ?? this.times[each];
    }
    this.phase = /** @type {"betting" | "insurance" | "playing" | "ended"} */ ("betting");
    this.until = Infinity;
    this.now = openedAt;
    this.bets = /** @type {JournalBet[]} */ ([]);
    this.drawn = /** @type {string[]} */ ([]);
    this.hands = /** @type {Hand[]} */ ([]);
    this.dealer = /** @type {string[]} */ ([]);
    this.premiums = /** @type {Map<number, number>} */ (new Map());
    this.gone = /** @type {Set<number>} */ (new Set());
  }

  /** @param {Command} command @param {number} now */
  apply(command, now) {
    if (now < this.now) throw new Error(t.order);
    this.now = now;
    if (command.do === "bet") return this.bet(command, now);
    if (this.phase === "ended") throw new Error(t.over);
    this.advance(now);
    if (command.do === "leave") this.leave(command.seat, now);
    if (command.do === "act") this.act(command.seat, command.action, now);
    if (command.do === "shorten_turns") this.shortenTurns(command.turn_ms, now);
  }

  /** @param {number} ms @param {number} now */
  shortenTurns(ms, now) {
    for (const each of /** @type {const} */ (["betting", "turn", "insurance"])) {
      this.times[each] = Math.min(this.times[each], ms);
    }
    this.until = Math.min(this.until, this.until === Infinity ? Infinity : now + ms);
  }

  /** @param {JournalBet} bet @param {number} now */
  bet(bet, now) {
    if (this.phase !== "betting" || now >= this.until) throw new Error(t.lateBet(bet.number));
    if (this.bets.some(({ seat }) => seat === bet.seat)) throw new Error(t.secondBet(bet.seat));
    if (!Number.isSafeInteger(bet.amount) || bet.amount < 1) throw new Error(t.noStake(bet.number));
    if (this.bets.length === 0) this.until = now + this.times.betting;
    this.bets.push(bet);
  }

  /** @param {number} count */
  draw(count) {
    const cards = this.stream.slice(this.drawn.length, this.drawn.length + count).map(cardOf);
    this.drawn.push(...cards);
    return cards;
  }

  /** @param {number} now */
  advance(now) {
    while (this.until <= now) {
      const due = this.until;
      if (this.phase === "betting") this.deal(due);
      else if (this.phase === "insurance") this.peek(due);
      else {
        this.stand();
        this.passOn(due);
      }
    }
  }

  /** @param {number} at */
  deal(at) {
    for (const bet of [...this.bets].sort((one, other) => one.seat - other.seat)) {
      const cards = this.draw(2);
      this.hands.push({ bet, cards, state: isBlackjack(cards) ? "blackjack" : "playing", staked: 1 });
    }
    this.dealer = this.draw(2);
    if (pointsOf(this.dealer[0]) !== 1) return this.peek(at);
    this.phase = "insurance";
    this.until = at + this.times.insurance;
    this.hear(at);
  }

  /** The price of insurance for a seat in cents; 0 if the seat can't take it. @param {number} seat */
  premiumOf(seat) {
    const bet = this.bets.find((each) => each.seat === seat);
    if (this.phase !== "insurance" || !bet || this.gone.has(seat) || this.premiums.has(seat)) return 0;
    return Math.floor(bet.amount / 2);
  }

  /** @param {number} at */
  hear(at) {
    if (!this.bets.some(({ seat }) => this.premiumOf(seat) > 0)) this.peek(at);
  }

  /** @param {number} at */
  peek(at) {
    this.phase = "playing";
    if (isBlackjack(this.dealer)) this.end();
    else this.passOn(at);
  }

  /** The hand to play. */
  get turn() {
    return this.phase === "playing" ? this.hands.find(({ state }) => state === "playing") : undefined;
  }

  /** @param {number} seat */
  handsOf(seat) {
    return this.hands.filter(({ bet }) => bet.seat === seat);
  }

  /** @param {number} at */
  passOn(at) {
    while (this.turn) {
      if (!this.gone.has(this.turn.bet.seat)) {
        this.until = at + this.times.turn;
        return;
      }
      this.stand();
    }
    this.end();
  }

  stand() {
    if (this.turn) this.turn.state = "stood";
  }

  end() {
    this.phase = "ended";
    this.until = Infinity;
    if (!this.hands.some(({ state }) => state === "stood" || state === "doubled")) return;
    while (totalOf(this.dealer) < 17) this.dealer.push(...this.draw(1));
  }

  /** @param {number} seat @param {number} now */
  leave(seat, now) {
    // A leave after the end of the round changes nothing.
    if (this.phase === "ended" || !this.bets.some((bet) => bet.seat === seat)) return;
    this.gone.add(seat);
    if (this.phase === "insurance") this.hear(now);
    else if (this.turn?.bet.seat === seat) this.passOn(now);
  }

  /** @param {number} seat @param {any} action @param {number} now */
  act(seat, action, now) {
    const name = String(action?.action);
    if (name === "insure" || name === "decline") {
      const premium = this.premiumOf(seat);
      if (premium === 0) throw new Error(t.move(name, seat));
      this.premiums.set(seat, name === "insure" ? premium : 0);
      this.hear(now);
      return;
    }
    const hand = this.turn;
    if (!hand || !this.mayPlay(hand, seat, action)) throw new Error(t.move(name, seat));
    if (name === "stand") this.stand();
    else if (name === "split") this.split(hand);
    else this.take(hand, name === "double");
    this.passOn(now);
  }

  /** @param {Hand} hand the hand to play @param {number} seat @param {any} action */
  mayPlay(hand, seat, action) {
    const own = this.handsOf(seat);
    if (hand.bet.seat !== seat || (action.hand != null && own[action.hand] !== hand)) return false;
    const [one, other, ...more] = hand.cards;
    switch (action.action) {
      case "hit":
      case "stand":
        return true;
      case "double":
        return more.length === 0;
      case "split":
        return more.length === 0 && pointsOf(one) === pointsOf(other) && own.length < MOST_HANDS;
      default:
        return false;
    }
  }

  /** @param {Hand} hand @param {boolean} doubles */
  take(hand, doubles) {
    hand.cards.push(...this.draw(1));
    if (doubles) hand.staked = 2;
    const total = totalOf(hand.cards);
    if (total > 21) hand.state = "bust";
    else if (doubles) hand.state = "doubled";
    else if (total === 21) hand.state = "stood";
  }

  /** @param {Hand} hand */
  split(hand) {
    const [kept, moved] = hand.cards;
    const [one, other] = this.draw(2);
    hand.cards = [kept, one];
    const second = /** @type {Hand} */ ({ bet: hand.bet, cards: [moved, other], state: "playing", staked: 1 });
    for (const each of [hand, second]) {
      if (pointsOf(kept) === 1 || totalOf(each.cards) === 21) each.state = "stood";
    }
    const last = this.hands.lastIndexOf(/** @type {Hand} */ (this.handsOf(hand.bet.seat).at(-1)));
    this.hands.splice(last + 1, 0, second);
  }

  /** What a hand pays in cents, including its stake. @param {Hand} hand */
  paid(hand) {
    const { amount } = hand.bet;
    if (hand.state === "blackjack") {
      return isBlackjack(this.dealer) ? amount : payoutOf(amount, 5, 2);
    }
    const stake = this.stakeOf(hand);
    // Totals decide: a dealer's blackjack ends the round before any hand can reach 21 with more cards.
    const [total, other] = [totalOf(hand.cards), totalOf(this.dealer)];
    if (total > 21) return 0;
    if (other > 21 || total > other) return 2 * stake;
    return total === other ? stake : 0;
  }

  /** @param {Hand} hand */
  stakeOf(hand) {
    return hand.bet.amount * hand.staked;
  }

  /** @param {JournalBet} bet */
  resultOf(bet) {
    const hands = this.handsOf(bet.seat);
    const premium = this.premiums.get(bet.seat) ?? 0;
    const amount = hands.reduce((sum, hand) => sum + this.stakeOf(hand), premium);
    const held = isBlackjack(this.dealer);
    const payout = hands.reduce((sum, hand) => sum + this.paid(hand), held ? 3 * premium : 0);
    const byMoney = payout > amount ? "win" : payout === amount ? "push" : "loss";
    return { result: hands[0].state === "blackjack" && !held ? "blackjack" : byMoney, payout, amount };
  }
}

/** @type {import("../../proof/verify.js").Rules["play"]} */
export function play(round) {
  const table = new Table(round);
  for (const [now, command] of round.journal) table.apply(command, now);
  if (table.phase !== "ended") throw new Error(t.open);
  return {
    outcome: { cards: table.drawn, dealer_cards: table.dealer },
    results: round.bets.map((bet) => table.resultOf(bet)),
  };
}
