/** The motion of wheel and ball: spinning while bets are closed, then falling into the server's pocket. Pure. */

import { ORDER } from "./pockets.js";

/** Speeds in degrees per second: the wheel, and the ball relative to the wheel. They turn in opposite directions. */
const WHEEL = 40;
const BALL = 460;
const START_MS = 700;
/** The minimum angle of a fall in degrees. A fall takes 1.5 s to 2.9 s. */
const LEAST_FALL = 340;

/**
 * @typedef {{
 *   wheel: number,
 *   ball: number,
 *   height: number,
 *   moving: boolean,
 * }} Moment angles in degrees; the height is 1 on the track and 0 in a pocket
 */

/** The angle of a pocket, clockwise from the zero. @param {number} pocket */
export const angleOf = (pocket) => (ORDER.indexOf(pocket) * 360) / ORDER.length;

/** The time at full speed, in seconds, that covers the same angle as a start from rest. @param {number} ms */
const worth = (ms) => (ms < START_MS ? (ms * ms) / (2 * START_MS) : ms - START_MS / 2) / 1000;

/** The height of a falling ball, with bounces. @param {number} part 0 … 1 of the fall */
function heightAt(part) {
  const down = Math.max(0, (part - 0.4) / 0.6);
  return (1 - down) ** 1.5 * Math.abs(Math.cos(down * 2.5 * Math.PI));
}

export class Spin {
  /** At rest or at the start of the fall: the angle of the wheel, and that of the ball relative to the wheel. */
  #wheel = 0;
  #ball = 0;
  /** @type {"rest" | "run" | "fall"} */
  #phase = "rest";
  #since = 0;
  #fallMs = 0;

  /** Put the ball into a pocket without motion. @param {number} pocket */
  rest(pocket) {
    this.#phase = "rest";
    this.#ball = angleOf(pocket);
  }

  /** @param {number} now ms, on any clock */
  run(now) {
    this.#settle(now);
    this.#phase = "run";
    this.#since = now;
  }

  /** Let the ball fall into a pocket. Returns how long that takes in ms. @param {number} pocket @param {number} now */
  fall(pocket, now) {
    this.#settle(now);
    const ahead = (((this.#ball - angleOf(pocket) - LEAST_FALL) % 360) + 360) % 360;
    this.#fallMs = ((2 * (LEAST_FALL + ahead)) / BALL) * 1000;
    this.#phase = "fall";
    this.#since = now;
    return this.#fallMs;
  }

  /** @param {number} now @returns {Moment} */
  at(now) {
    const ms = now - this.#since;
    const [wheel, ball] = [this.#wheel, this.#ball];
    if (this.#phase === "rest") return { wheel, ball, height: 0, moving: false };
    if (this.#phase === "run") {
      const turns = worth(ms);
      return {
        wheel: wheel + WHEEL * turns,
        ball: ball - BALL * turns,
        height: Math.min(1, ms / START_MS),
        moving: true,
      };
    }
    const part = Math.min(1, ms / this.#fallMs);
    const turns = (this.#fallMs / 1000) * (part - (part * part) / 2);
    return { wheel: wheel + WHEEL * turns, ball: ball - BALL * turns, height: heightAt(part), moving: part < 1 };
  }

  /** Make the current position the start of the next motion. @param {number} now */
  #settle(now) {
    const { wheel, ball } = this.at(now);
    [this.#wheel, this.#ball] = [wheel % 360, ball % 360];
  }
}
