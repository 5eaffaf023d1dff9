/** Replays a hold'em round: the deck comes from the seeds, the betting from the journal. */

import { ensure } from "../../proof/ensure.js";
import { texts } from "../../texts.js";
import { bestOf, deckOf, kindOf } from "./ranks.js";
import * as street from "./rules_betting.js";
import { nextPositions, SEATS, steps } from "./rules_blinds.js";

const t = texts.games.holdem.proof;

/**
 * @typedef {import("../../proof/verify.js").JournalBet} JournalBet
 * @typedef {import("../../proof/verify.js").Result} Result
 *
 * @typedef {object} Buyer a seat's stack and what it bought it with
 * @property {number} seat
 * @property {JournalBet[]} bets
 * @property {number} chips
 * @property {number} bankMs
 * @property {boolean} sittingOut
 * @property {number} timesOut
 * @property {boolean} absent
 * @property {boolean} left
 * @property {import("./rules_blinds.js").Debt} debt
 *
 * @typedef {{seat: number, cards: string[], hand: string, best: string[]}} Shown
 */

const BETS_A_SEAT = 4;
const TIMES_OUT = 10;
/** The least that is left of the pause between hands after a showdown, in ms. */
const LEAST_PAUSE = 2_000;
/** The number of board cards by street. */
const BOARD = [0, 3, 4, 5];
/** The options that a round on record may lack. @type {Record<string, any>} */
const USUAL = {
  small_blind: 50,
  big_blind: 100,
  min_buy_in: 4_000,
  max_buy_in: 10_000,
  turn_ms: 20_000,
  time_bank_ms: 30_000,
  between_ms: 5_000,
  rake: 0,
  rake_cap: 300,
  button: null,
  carried: [],
  put_off: false,
  small: null,
  big: null,
  places: [],
  show_ms: 0,
  waited_ms: 0,
};

export const draws = 52;

class Table {
  /** @param {Record<string, any>} options @param {number[]} draws */
  constructor(options, draws) {
    this.options = { ...USUAL, ...options };
    this.deck = deckOf(draws);
    /** @type {Map<number, Buyer>} */
    this.buyers = new Map();
    /** @type {number | null} */
    this.startsAt = null;
    /** @type {street.Betting | null} */
    this.betting = null;
    this.street = 0;
    this.turnEndsAt = 0;
    this.longestTurn = Infinity;
    /** Who may choose whether to show their cards, until when. @type {number[]} */
    this.choosing = [];
    this.showUntil = 0;
    /** The outcome of a hand whose round goes on. @type {Record<string, any> | null} */
    this.decided = null;
    /** @type {Map<number, number>} */
    this.stacks = new Map();
    /** @type {Record<string, any> | null} */
    this.outcome = null;
  }

  /** The player whose turn it is. @returns {Buyer | undefined} */
  get actor() {
    const turn = this.betting?.turn;
    return turn == null ? undefined : this.buyers.get(this.betting?.players[turn].seat ?? -1);
  }

  /** @param {JournalBet} bet @param {number} now */
  buy(bet, now) {
    ensure(!this.betting, t.closed);
    ensure(this.startsAt === null || now < this.startsAt, t.tooLate);
    const { min_buy_in: least, max_buy_in: most, time_bank_ms: bank, carried } = this.options;
    const stands = carried.find((/** @type {any} */ each) => each.seat === bet.seat);
    const standing = stands?.amount === bet.amount;
    let buyer = this.buyers.get(bet.seat);
    if (!buyer) {
      // A player who comes back brings what they took, even above the largest buy-in.
      const back = bet.brings_back ?? 0;
      const bought = bet.amount >= Math.max(Math.min(least, most), back) && bet.amount <= Math.max(most, back);
      ensure((standing && bet.amount >= back) || bought, t.amount(bet.seat, bet.amount));
      const bankMs = standing ? stands.bank_ms : bank;
      const sittingOut = bet.selection?.sitting_out ?? false;
      const debt = { ...this.debtOf(bet.seat), post: bet.selection?.post ?? false };
      buyer = { seat: bet.seat, bets: [], chips: 0, bankMs, sittingOut, timesOut: 0, absent: false, left: false, debt };
      this.buyers.set(bet.seat, buyer);
    } else {
      ensure(!buyer.left && buyer.bets.length < BETS_A_SEAT, t.amount(bet.seat, bet.amount));
      ensure(buyer.chips + bet.amount <= most, t.amount(bet.seat, bet.amount));
    }
    ensure(bet.amount >= 1, t.amount(bet.seat, bet.amount));
    buyer.bets.push(bet);
    buyer.chips += bet.amount;
    this.betweenHands(now);
  }

  /** What the player of a seat owes when they buy in. @param {number} seat */
  debtOf(seat) {
    const place = this.options.places.find((/** @type {any} */ each) => each.seat === seat);
    if (place) return { big: place.owes_big, small: place.owes_small };
    return { big: this.options.big !== null, small: false };
  }

  ready() {
    return [...this.buyers.values()].filter((buyer) => !buyer.sittingOut && !buyer.left);
  }

  /** @param {number} now */
  betweenHands(now) {
    const { between_ms: between, waited_ms: waited } = this.options;
    const pause = Math.max(between - waited, Math.min(between, LEAST_PAUSE));
    this.startsAt = this.ready().length > 1 ? (this.startsAt ?? now + pause) : null;
  }

  /** Deal when it is time, and end a turn whose time is up. @param {number} now */
  advance(now) {
    const actor = this.actor;
    if (this.decided) {
      if (now >= this.showUntil) this.outcome = this.decided;
      return;
    }
    if (actor && now >= this.turnEndsAt + actor.bankMs) {
      Object.assign(actor, { sittingOut: true, absent: true, bankMs: 0 });
      this.goOn(now);
    } else if (!this.betting && this.startsAt !== null && now >= this.startsAt) this.deal(now);
  }

  /** @param {number} now */
  deal(now) {
    const { small_blind: small, big_blind: big, ...last } = this.options;
    const debts = new Map(this.ready().map((buyer) => [buyer.seat, buyer.debt]));
    const at = nextPositions({ button: last.button, small: last.small, big: last.big }, debts);
    const stacks = at.players.map((seat) => /** @type {[number, number]} */ ([seat, this.buyers.get(seat)?.chips]));
    this.betting = street.begin(stacks, Math.min(small, big), big, {
      small: at.small,
      big: at.big,
      live: at.posting.filter((seat) => debts.get(seat)?.big),
      dead: at.posting.filter((seat) => debts.get(seat)?.small),
    });
    this.settle(at, last.big);
    this.goOn(now);
  }

  /**
   * Who has played owes nothing; who sat out while the blinds passed owes them.
   * @param {import("./rules_blinds.js").Positions} at
   * @param {number | null} lastBig
   */
  settle(at, lastBig) {
    const free = lastBig === null || at.players.length > 2 ? at.players : [at.big];
    for (const { seat, sittingOut, left, debt } of this.buyers.values()) {
      if (free.includes(seat)) Object.assign(debt, { big: false, small: false, post: false });
      else if (!sittingOut && !left) continue;
      else if (lastBig === null) debt.big = true;
      else if (seat === lastBig) debt.small = true;
      else if (steps(lastBig, seat) > 0 && steps(lastBig, seat) < (steps(lastBig, at.big) || SEATS))
        Object.assign(debt, { big: true, small: true });
    }
  }

  /** Go on to the next turn, the next street or the end. @param {number} now */
  goOn(now) {
    const betting = /** @type {street.Betting} */ (this.betting);
    while (street.live(betting.players).length > 1) {
      const actor = this.actor;
      if (actor && !actor.absent) {
        this.turnEndsAt = now + this.options.turn_ms;
        return;
      }
      if (actor) (street.offer(betting).toCall ? street.fold : street.call)(betting);
      else if (this.street === BOARD.length - 1) break;
      else {
        street.giveBackUncalled(betting);
        street.nextStreet(betting, this.options.big_blind);
        this.street += 1;
      }
    }
    this.finish(betting, now);
  }

  /** @param {number} seat @param {Record<string, any>} action @param {number} now */
  act(seat, action, now) {
    const buyer = this.buyers.get(seat);
    if (!buyer || buyer.left) throw new Error(t.noStack(seat));
    if (action.action === "sit_out" || action.action === "sit_in") {
      const out = action.action === "sit_out";
      ensure(buyer.sittingOut !== out && !(out && buyer.timesOut === TIMES_OUT), t.sits(seat));
      Object.assign(buyer, { sittingOut: out, absent: false, timesOut: buyer.timesOut + (out ? 1 : 0) });
      if (!this.betting) this.betweenHands(now);
      return;
    }
    if (action.action === "post") {
      const { debt, sittingOut } = buyer;
      ensure((debt.big || debt.small) && !debt.post && !sittingOut, t.sits(seat));
      debt.post = true;
      return;
    }
    if (!this.betting) throw new Error(t.noHand(seat));
    if (action.action === "show" || action.action === "muck") {
      this.choose(this.betting, seat, action);
      return;
    }
    ensure(this.actor === buyer, t.notItsTurn(seat));
    this.move(this.betting, seat, action);
    buyer.bankMs -= Math.max(0, now - this.turnEndsAt);
    this.goOn(now);
  }

  /** A player who need not show does so, or mucks. @param {street.Betting} betting @param {number} seat @param {Record<string, any>} action */
  choose({ players }, seat, { action, which = "both" }) {
    ensure(this.choosing.includes(seat), t.move(seat, action));
    const place = players.findIndex((player) => player.seat === seat);
    const [first, second] = [this.deck[place], this.deck[players.length + place]];
    /** @type {Record<string, string[]>} */
    const cards = { both: [first, second], first: [first], second: [second] };
    if (action === "show") this.decided?.revealed.push({ seat, cards: cards[which] });
    this.giveUpChoice(seat);
  }

  /** @param {number} seat */
  giveUpChoice(seat) {
    if (!this.choosing.includes(seat)) return;
    this.choosing = this.choosing.filter((each) => each !== seat);
    if (this.choosing.length === 0) this.outcome = this.decided;
  }

  /** @param {street.Betting} betting @param {number} seat @param {Record<string, any>} action */
  move(betting, seat, { action, amount }) {
    const { toCall, least, most } = street.offer(betting);
    if (action === "fold") street.fold(betting);
    else if (action === (toCall ? "call" : "check")) street.call(betting);
    else {
      ensure(action === "raise" && least !== null && amount >= least && amount <= most, t.move(seat, action));
      street.raiseTo(betting, amount);
    }
  }

  /** @param {number} seat @param {number} now */
  leave(seat, now) {
    const buyer = this.buyers.get(seat);
    if (!buyer || buyer.left) return;
    const actor = this.actor;
    Object.assign(buyer, { left: true, sittingOut: true, absent: true });
    if (this.betting) {
      if (actor === buyer) this.goOn(now);
      this.giveUpChoice(seat);
    } else if (this.options.put_off && this.ready().length > 1) this.betweenHands(now);
    else this.outcome = { deck: [], community: [], shown: [], awards: [], rake: 0 };
  }

  /** @param {number} ms @param {number} now */
  shortenTurns(ms, now) {
    this.options = { ...this.options, turn_ms: Math.min(this.options.turn_ms, ms) };
    this.longestTurn = Math.min(this.longestTurn, ms);
    this.showUntil = Math.min(this.showUntil, now + ms);
    const actor = this.actor;
    for (const buyer of this.buyers.values()) {
      if (buyer !== actor) buyer.bankMs = Math.min(buyer.bankMs, ms - this.options.turn_ms);
    }
    if (!actor) return;
    this.turnEndsAt = Math.min(this.turnEndsAt, now + ms);
    actor.bankMs = Math.min(actor.bankMs, now + ms - this.turnEndsAt);
  }

  /** @param {street.Betting} betting @param {number} now */
  finish(betting, now) {
    street.giveBackUncalled(betting);
    const { players } = betting;
    const board = this.deck.slice(2 * players.length, 2 * players.length + BOARD[this.street]);
    const pots = street.potsOf(players);
    const rake = board.length > 0 ? street.takeRake(pots, this.options.rake, this.options.rake_cap) : 0;
    const hands = new Map(players.map(({ seat }, at) => [seat, [this.deck[at], this.deck[players.length + at]]]));
    const showdown = street.live(players).length > 1;
    const worth = (/** @type {number} */ seat) =>
      showdown ? bestOf([...(hands.get(seat) ?? []), ...board]) : { value: 0, best: [] };
    const awards = pots.map(({ amount, seats }) => {
      const best = Math.max(...seats.map((seat) => worth(seat).value));
      return { amount, winners: seats.filter((seat) => worth(seat).value === best) };
    });
    this.stacks = new Map(players.map(({ seat, stack }) => [seat, stack]));
    for (const { amount, winners } of awards) {
      const odd = amount % winners.length;
      for (const [at, seat] of winners.entries()) {
        const share = (amount - odd) / winners.length + (at < odd ? 1 : 0);
        this.stacks.set(seat, (this.stacks.get(seat) ?? 0) + share);
      }
    }
    const shown = showdown ? this.shown(betting, hands, worth) : [];
    const outcome = { deck: this.deck, community: board, shown, awards, rake };
    if (this.options.show_ms === 0) {
      this.outcome = outcome;
      return;
    }
    this.decided = { ...outcome, revealed: [] };
    this.showUntil = now + Math.min(this.options.show_ms, this.longestTurn);
    this.choosing = street
      .live(players)
      .map(({ seat }) => seat)
      .filter((seat) => !shown.some((each) => each.seat === seat))
      .filter((seat) => !this.buyers.get(seat)?.absent && !this.buyers.get(seat)?.left);
    if (this.choosing.length === 0) this.outcome = this.decided;
  }

  /**
   * The seats that must show their cards, in order: the last aggressor of the last street, or else the first left of
   * the button, then everyone who is not beaten by the hands shown so far. If someone is all in, everyone shows.
   * @param {street.Betting} betting
   * @param {Map<number, string[]>} hands
   * @param {(seat: number) => {value: number, best: string[]}} worth
   */
  shown({ players, aggressor }, hands, worth) {
    const first = aggressor ?? 0;
    const order = street.live([...players.slice(first), ...players.slice(0, first)]);
    const everybody = order.some((player) => player.stack === 0);
    let top = 0;
    /** @type {Shown[]} */
    const shown = [];
    for (const { seat } of order) {
      const { value, best } = worth(seat);
      if (!everybody && value < top) continue;
      top = Math.max(top, value);
      shown.push({ seat, cards: hands.get(seat) ?? [], hand: kindOf(value), best });
    }
    return shown;
  }

  /** @param {JournalBet[]} bets @returns {Result[]} */
  results(bets) {
    /** @type {Map<number, number>} */
    const paid = new Map();
    for (const buyer of this.buyers.values()) {
      const parts = street.split(
        this.stacks.get(buyer.seat) ?? buyer.chips,
        buyer.bets.map((bet) => bet.amount),
      );
      for (const [at, bet] of buyer.bets.entries()) paid.set(bet.number, parts[at]);
    }
    return bets.map(({ number, amount }) => {
      const payout = paid.get(number) ?? 0;
      return { result: payout > amount ? "win" : payout === amount ? "push" : "loss", payout };
    });
  }
}

/** @type {import("../../proof/verify.js").Rules["play"]} */
export function play({ draws, bets, journal, options, openedAt }) {
  const table = new Table(options, draws);
  let time = openedAt;
  for (const [now, command] of journal) {
    ensure(table.outcome === null, t.over);
    ensure(now >= time, t.time);
    time = now;
    if (command.do === "bet") table.buy(command, now);
    else {
      table.advance(now);
      if (table.outcome !== null) ensure(command.do !== "act", t.over);
      else if (command.do === "act") table.act(command.seat, command.action, now);
      else if (command.do === "leave") table.leave(command.seat, now);
      else if (command.do === "shorten_turns") table.shortenTurns(command.turn_ms, now);
    }
  }
  if (table.outcome === null) throw new Error(t.open);
  return { outcome: table.outcome, results: table.results(bets) };
}
