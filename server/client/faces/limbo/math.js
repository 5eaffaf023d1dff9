/** The numbers of limbo, in hundredths. Pure. */

import { plainFixed, plainSignificant } from "../../format.js";
export const LEAST_TARGET = 101;
export const MOST_TARGET = 100_000_000;

/** A draw is one of so many equally likely values. */
const STEPS = 100_000_000;
/** Divided by a target in hundredths, this is how many of the lowest draws reach the target. */
const STEPS_TO_A_HUNDREDTH = 9_900_000_000;

/**
 * The point in hundredths for a draw. Same operations in the same order as on the server, in doubles.
 * @param {number} draw 0 … 1
 */
export function pointOf(draw) {
  const multiplier = (1e8 / (Math.floor(draw * 1e8) + 1)) * 0.99;
  return Math.max(100, Math.floor(multiplier * 100));
}

/**
 * A number from the wire (2.3) in hundredths (230); null for an invalid target.
 * @param {unknown} number
 */
export function targetOf(number) {
  if (typeof number !== "number") return null;
  const hundredths = Math.round(number * 100);
  const exact = hundredths / 100 === number;
  return exact && hundredths >= LEAST_TARGET && hundredths <= MOST_TARGET ? hundredths : null;
}

/** @param {number} target hundredths, any number */
export function withinBounds(target) {
  return Math.min(Math.max(Math.round(target), LEAST_TARGET), MOST_TARGET);
}

/** The chance that the point reaches a target, 0 … 1. @param {number} target hundredths */
export function chanceOf(target) {
  return Math.floor(STEPS_TO_A_HUNDREDTH / target) / STEPS;
}

/** The highest target that still wins with a chance. @param {number} chance above 0 */
export function targetForChance(chance) {
  return withinBounds(Math.floor(STEPS_TO_A_HUNDREDTH / Math.max(1, Math.round(chance * STEPS))));
}

/**
 * The position of a multiplier on a line that is uniform in probability: 0 is the lowest point, 1 is never reached.
 * @param {number} multiplier hundredths, 100 or more
 */
export function placeOf(multiplier) {
  return 1 - 99 / multiplier;
}

/**
 * The target at a position of that line, rounded as coarsely as the slider.
 * @param {number} place 0 … 1
 */
export function targetAt(place) {
  const target = 99 / Math.max(1e-6, 1 - place);
  const grain = target < 1_000 ? 1 : target < 10_000 ? 10 : 100;
  return withinBounds(Math.round(target / grain) * grain);
}

/** The targets that the arrow keys step through, in hundredths. */
const RUNGS = [
  101,
  110,
  125,
  150,
  175,
  200,
  250,
  300,
  400,
  500,
  750,
  1_000,
  2_000,
  5_000,
  10_000,
  100_000,
  1_000_000,
  10_000_000,
  MOST_TARGET,
];

/** The next step up or down. @param {number} target hundredths @param {boolean} up */
export function nextRung(target, up) {
  if (up) return RUNGS.find((rung) => rung > target) ?? MOST_TARGET;
  return RUNGS.findLast((rung) => rung < target) ?? LEAST_TARGET;
}

/**
 * The animated number on its way from 1.00 to the point, in hundredths.
 * @param {number} point hundredths
 * @param {number} part of the way, 0 … 1
 */
export function climbing(point, part) {
  const eased = 1 - (1 - part) ** 3;
  return part >= 1 ? point : Math.floor(100 * Math.exp(Math.log(point / 100) * eased));
}

/** A chance in percent, with enough digits. @param {number} chance 0 … 1 */
export function percent(chance) {
  const value = chance * 100;
  return value >= 0.1 ? plainFixed(value, 2) : plainSignificant(value, 2);
}
