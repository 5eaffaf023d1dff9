/**
 * Replays the no-limit betting of a hand. Players are listed from the left of the button to the button; heads-up, that
 * is the big blind, then the button. A place is an index into the list.
 */

/**
 * @typedef {object} Player amounts in cents; `answered` is the bet at the player's last action on this street, or null
 * @property {number} seat
 * @property {number} stack
 * @property {number} staked on this street
 * @property {number} total in the hand
 * @property {number} dead a missed small blind that went into the pot
 * @property {boolean} folded
 * @property {number | null} answered
 *
 * @typedef {object} Betting a street; `turn` is null when its betting is over
 * @property {Player[]} players
 * @property {number} bet
 * @property {number} raiseBy the minimum of the next raise
 * @property {number | null} turn
 * @property {number | null} aggressor
 *
 * @typedef {{amount: number, seats: number[]}} Pot
 */

/** @param {Player} player @param {number} amount */
function stake(player, amount) {
  player.stack -= amount;
  player.staked += amount;
  player.total += amount;
}

/** @param {Player[]} players @param {number} place */
const othersOf = (players, place) => players.filter((player, at) => at !== place && !player.folded);

/** @param {Player[]} players @param {number} place @param {number} bet */
function hasToAct(players, place, bet) {
  const player = players[place];
  if (player.folded || player.stack === 0) return false;
  const others = othersOf(players, place);
  // Nobody could answer a raise, so the player can only call.
  if (others.every((other) => other.stack === 0))
    return player.staked < Math.max(...others.map((other) => other.staked));
  return player.answered === null || player.staked < bet;
}

/** @param {Player[]} players @param {number} bet @param {number} after */
function nextTurn(players, bet, after) {
  if (live(players).length === 1) return null;
  for (let step = 1; step <= players.length; step++) {
    const place = (after + step) % players.length;
    if (hasToAct(players, place, bet)) return place;
  }
  return null;
}

/** @param {Player[]} players */
export const live = (players) => players.filter((player) => !player.folded);

/**
 * @param {[number, number][]} stacks seat and chips, from the left of the button
 * @param {number} smallBlind
 * @param {number} bigBlind
 * @param {{small: number, big: number, live: number[], dead: number[]}} posts the seats that post; the small one may be empty
 * @returns {Betting}
 */
export function begin(stacks, smallBlind, bigBlind, posts) {
  const players = stacks.map(([seat, stack]) => {
    return { seat, stack, staked: 0, total: 0, dead: 0, folded: false, answered: null };
  });
  for (const player of players) {
    const { seat } = player;
    if (seat === posts.big || posts.live.includes(seat)) stake(player, Math.min(bigBlind, player.stack));
    else if (seat === posts.small) stake(player, Math.min(smallBlind, player.stack));
    if (posts.dead.includes(seat)) {
      player.dead = Math.min(smallBlind, player.stack);
      player.stack -= player.dead;
    }
  }
  const big = players.findIndex(({ seat }) => seat === posts.big);
  const turn = nextTurn(players, bigBlind, big);
  return { players, bet: bigBlind, raiseBy: bigBlind, turn, aggressor: null };
}

/** @param {Betting} betting @param {number} bigBlind */
export function nextStreet(betting, bigBlind) {
  for (const player of betting.players) [player.staked, player.answered] = [0, null];
  const turn = nextTurn(betting.players, 0, betting.players.length - 1);
  Object.assign(betting, { bet: 0, raiseBy: bigBlind, turn, aggressor: null });
}

/** The options of the player to act; `least` is null if they can't raise. @param {Betting} betting */
export function offer({ players, bet, raiseBy, turn }) {
  const place = /** @type {number} */ (turn);
  const player = players[place];
  const most = player.staked + player.stack;
  const others = Math.max(...othersOf(players, place).map((other) => other.staked + other.stack));
  const toCall = Math.min(player.stack, Math.max(0, Math.min(bet, others) - player.staked));
  const reopened = player.answered === null || bet - player.answered >= raiseBy;
  const least = reopened && most > bet && others > bet ? Math.min(bet + raiseBy, most) : null;
  return { toCall, least, most };
}

/** @param {Betting} betting */
export function fold(betting) {
  const place = /** @type {number} */ (betting.turn);
  betting.players[place].folded = true;
  betting.turn = nextTurn(betting.players, betting.bet, place);
}

/** Call, or check if there is nothing to call. @param {Betting} betting */
export function call(betting) {
  const place = /** @type {number} */ (betting.turn);
  const player = betting.players[place];
  stake(player, offer(betting).toCall);
  player.answered = betting.bet;
  betting.turn = nextTurn(betting.players, betting.bet, place);
}

/** @param {Betting} betting @param {number} amount the player's total on this street */
export function raiseTo(betting, amount) {
  const place = /** @type {number} */ (betting.turn);
  const player = betting.players[place];
  stake(player, amount - player.staked);
  player.answered = amount;
  const raiseBy = Math.max(betting.raiseBy, amount - betting.bet);
  const turn = nextTurn(betting.players, amount, place);
  Object.assign(betting, { bet: amount, raiseBy, turn, aggressor: place });
}

/** Return the uncalled part of the last bet. @param {Betting} betting */
export function giveBackUncalled({ players }) {
  const [first, second] = players.map((player) => player.total).sort((a, b) => b - a);
  for (const player of players) if (player.total === first) stake(player, second - first);
}

/** The main pot and the side pots. @param {Player[]} players @returns {Pot[]} */
export function potsOf(players) {
  const levels = [...new Set(live(players).map((player) => player.total))].filter((level) => level > 0);
  let below = 0;
  const pots = levels
    .sort((a, b) => a - b)
    .map((level) => {
      const amount = players.reduce((sum, { total }) => sum + Math.min(total, level) - Math.min(total, below), 0);
      below = level;
      const seats = live(players).filter(({ total }) => total >= level);
      return { amount, seats: seats.map(({ seat }) => seat) };
    });
  const dead = players.reduce((sum, player) => sum + player.dead, 0);
  if (dead > 0) {
    if (pots.length === 0) pots.push({ amount: 0, seats: live(players).map(({ seat }) => seat) });
    pots[0].amount += dead;
  }
  return pots;
}

/**
 * Takes `rate` ten-thousandths from each pot, at most `cap` in total, and returns the sum.
 * @param {Pot[]} pots
 * @param {number} rate
 * @param {number} cap
 */
export function takeRake(pots, rate, cap) {
  let left = cap;
  for (const pot of pots) {
    const taken = Math.min(left, Number((BigInt(pot.amount) * BigInt(rate)) / 10_000n));
    pot.amount -= taken;
    left -= taken;
  }
  return cap - left;
}

/**
 * Splits a payout over bets in proportion to `amounts`, rounded down; the last one gets the remainder.
 * @param {number} payout
 * @param {number[]} amounts
 */
export function split(payout, amounts) {
  let left = amounts.reduce((sum, amount) => sum + amount, 0);
  return amounts.map((amount) => {
    const part = Number((BigInt(payout) * BigInt(amount)) / BigInt(left));
    [payout, left] = [payout - part, left - amount];
    return part;
  });
}
