/** Ranks poker hands: the best five of seven cards as a comparable number, and the names of hands. */

import { RANKS, SUITS } from "../deck.js";

/**
 * The names of hands as the server records them, which the proof compares: `handName` of the texts has the words to show.
 */
const KINDS = [
  "High card",
  "Pair",
  "Two pair",
  "Three of a kind",
  "Straight",
  "Flush",
  "Full house",
  "Four of a kind",
  "Straight flush",
];
/** The counts of equal ranks, largest first → index in KINDS. @type {Record<string, number>} */
const BY_COUNTS = { 2111: 1, 221: 2, 311: 3, 32: 6, 41: 7 };
const STRAIGHT = 4;
const FLUSH = 5;

/**
 * The shuffled deck: the cards `D2 H2 S2 C2 D3 … CA`, drawn without replacement.
 * @param {number[]} draws 52 draws
 */
export function deckOf(draws) {
  const left = [...RANKS].flatMap((rank) => [...SUITS].map((suit) => suit + rank));
  return draws.map((draw) => left.splice(Math.floor(draw * left.length), 1)[0]);
}

/**
 * The rank of a straight's highest card, with ace 12; -1 for no straight.
 * @param {number[]} ranks five, highest first
 */
function straightTo(ranks) {
  if (ranks[0] - ranks[4] === 4) return ranks[0];
  // The ace can also be the lowest card.
  return ranks[0] === 12 && ranks[1] === 3 ? 3 : -1;
}

/**
 * The value of five cards; the higher hand wins, equal values tie. In base 16: the kind, then the ranks in order.
 * @param {string[]} cards
 */
export function handValue(cards) {
  const ranks = cards.map((card) => RANKS.indexOf(card[1]));
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const rank of ranks) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  const groups = [...counts].sort(([a, many], [b, more]) => more - many || b - a);
  let kind = BY_COUNTS[groups.map(([, count]) => count).join("")] ?? 0;
  let order = groups.map(([rank]) => rank);
  if (order.length === 5) {
    const high = straightTo(order);
    const flush = cards.every((card) => card[0] === cards[0][0]);
    kind = (high < 0 ? 0 : STRAIGHT) + (flush && high < 0 ? FLUSH : flush ? 4 : 0);
    if (high >= 0) order = [high];
  }
  return Array.from({ length: 5 }, (_, at) => order[at] ?? 0).reduce((sum, rank) => sum * 16 + rank, kind);
}

/** All choices of five of seven indices, in order. */
const FIVES = Array.from({ length: 128 }, (_, bits) => [0, 1, 2, 3, 4, 5, 6].filter((at) => bits & (64 >> at)))
  .filter((places) => places.length === 5)
  .reverse();

/**
 * The best five of seven cards and their value. Of equal choices, the first one in card order.
 * @param {string[]} cards
 */
export function bestOf(cards) {
  let [value, best] = [-1, /** @type {string[]} */ ([])];
  for (const places of FIVES) {
    const five = places.map((at) => cards[at]);
    const worth = handValue(five);
    if (worth > value) [value, best] = [worth, five];
  }
  return { value, best };
}

/** The name of a hand of this value. @param {number} value */
export function kindOf(value) {
  const kind = KINDS[Math.floor(value / 16 ** 5)];
  const royal = kind === "Straight flush" && Math.floor(value / 16 ** 4) % 16 === 12;
  return royal ? "Royal flush" : kind;
}
