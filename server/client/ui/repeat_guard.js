/** The guard against accidental repeats: the second click of a double click, or a key that is pressed twice. */

/** How long after an action the next press may still belong to it. */
const REPEAT_MS = 500;

export class RepeatGuard {
  #until = 0;

  constructor(repeatMs = REPEAT_MS) {
    this.repeatMs = repeatMs;
  }

  /** Call this after each action. */
  acted() {
    this.#until = performance.now() + this.repeatMs;
  }

  /** True while an action would be an accidental repeat of the last one. */
  get repeats() {
    return performance.now() < this.#until;
  }

  /** True for the second click of a double click whose first click acted. @param {MouseEvent} event */
  isSecondClick(event) {
    return event.detail > 1 && this.repeats;
  }
}
