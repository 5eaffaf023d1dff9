/** Who has the button and the blinds of a hand, and who posts blinds that they owe: the dead button rule. */

/**
 * @typedef {{big: boolean, small: boolean, post: boolean}} Debt the blinds that a player owes
 * @typedef {{small: number, big: number, players: number[], posting: number[]}} Positions seats, from left of the button
 */

export const SEATS = 9;

/** How far a seat is to the left of another. @param {number} from @param {number} seat */
export const steps = (from, seat) => (seat - from + 2 * SEATS) % SEATS;

/** @param {number[]} seats @param {number} button */
const fromTheLeft = (seats, button) => seats.toSorted((a, b) => steps(button + 1, a) - steps(button + 1, b));

/** @param {number[]} seats @param {number} button @returns {Positions} */
function everyone(seats, button) {
  const players = fromTheLeft(seats, button);
  const [small, big] = players.length === 2 ? [players[1], players[0]] : [players[0], players[1]];
  return { small, big, players, posting: [] };
}

/**
 * @param {{button: number | null, small: number | null, big: number | null}} last the seats of the hand before
 * @param {Map<number, Debt>} debts of the players who want to play
 * @returns {Positions}
 */
export function nextPositions({ button, small, big }, debts) {
  const seats = [...debts.keys()];
  if (big === null) return everyone(seats, button === null ? Math.min(...seats) : fromTheLeft(seats, button)[0]);
  const [nextBig, ...rest] = fromTheLeft(seats, big);
  const round = [...rest, nextBig];
  const owes = (/** @type {number} */ seat) => Boolean(debts.get(seat)?.big || debts.get(seat)?.small);
  const clear = round.filter((seat) => !owes(seat));
  if (clear.length === 0 && seats.length > 2) return everyone(seats, round[round.length - 3]);
  const left = (/** @type {number} */ seat) => steps(nextBig, seat);
  const between = (/** @type {number} */ seat) => left(seat) > 0 && left(seat) < left(big);
  const before = clear.filter(between).sort((a, b) => left(b) - left(a));
  const dealer = small !== null && between(small) ? small : (before[0] ?? null);
  if (dealer !== null) {
    const posting = seats.filter(
      (seat) => owes(seat) && debts.get(seat)?.post && left(seat) > 0 && left(seat) < left(dealer),
    );
    const playing = [...new Set([nextBig, ...clear, ...posting])];
    if (playing.length > 2) return { small: big, big: nextBig, players: fromTheLeft(playing, dealer), posting };
  }
  const other = [...clear.toReversed(), ...round.toReversed()].find((seat) => seat !== nextBig) ?? nextBig;
  return { small: other, big: nextBig, players: [nextBig, other], posting: [] };
}
