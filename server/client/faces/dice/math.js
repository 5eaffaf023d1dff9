/** The numbers of dice: rolls in hundredths, multipliers in ten-thousandths. Pure. */

/** The roll is one of 0 … 10000 hundredths: 10001 equally likely numbers. */
export const SIDES = 10001;

/**
 * How many of the 10001 rolls win: those above the target, or below it.
 * @param {number} target hundredths, 0 … 10000
 * @param {boolean} over
 */
export function winningNumbers(target, over) {
  return over ? 10000 - target : target;
}

/**
 * The multiplier in ten-thousandths of the stake, for `winning` of 10001 rolls: 99 % of the fair multiplier.
 * @param {number} winning 1 or more
 */
export function multiplierOf(winning) {
  return Math.floor((9900 * SIDES) / winning);
}

/** @param {number} winning */
export function chanceOf(winning) {
  return winning / SIDES;
}

/** With one more winning roll, a win would not pay more than the stake. */
const MOST_WINNING = Math.floor((9900 * SIDES) / 10001);

/**
 * The lowest and highest target on a side, in hundredths.
 * @param {boolean} over
 */
export function targetBounds(over) {
  return over ? { least: 10000 - MOST_WINNING, most: 9999 } : { least: 1, most: MOST_WINNING };
}

/**
 * @param {number} target
 * @param {boolean} over
 */
export function withinBounds(target, over) {
  const { least, most } = targetBounds(over);
  return Math.min(Math.max(target, least), most);
}

/**
 * The target on a side whose win chance is nearest to `chance`.
 * @param {number} chance 0 … 1
 * @param {boolean} over
 */
export function targetForChance(chance, over) {
  const winning = Math.round(chance * SIDES);
  return withinBounds(over ? 10000 - winning : winning, over);
}

/**
 * The target that pays at least `multiplier`, with the best chance.
 * @param {number} multiplier multiple of the stake, above 0
 * @param {boolean} over
 */
export function targetForMultiplier(multiplier, over) {
  const winning = Math.floor((9900 * SIDES) / (multiplier * 10000));
  return withinBounds(over ? 10000 - winning : winning, over);
}

/**
 * @param {number} roll hundredths
 * @param {number} target hundredths
 * @param {boolean} over
 */
export function wins(roll, target, over) {
  return over ? roll > target : roll < target;
}

/**
 * A number from the wire (74.67) in hundredths (7467).
 * @param {number} number
 */
export function hundredths(number) {
  return Math.round(number * 100);
}
