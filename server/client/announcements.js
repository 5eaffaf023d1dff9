/** What the operator has announced and the player has not dismissed. */

import { signal } from "@preact/signals-core";

/** @typedef {import("./types.js").AnnouncementNotice} AnnouncementNotice */

/** More would push the page down too far. */
const SHOWN = 3;

export class Announcements {
  /** The newest, oldest first. @type {import("@preact/signals-core").Signal<AnnouncementNotice[]>} */
  shown = signal([]);
  /** The numbers of all that were heard: a node that the page connects to next may say the last one again.
   * @type {Set<number>} */
  #heard = new Set();

  /** @param {AnnouncementNotice} notice */
  heard(notice) {
    if (this.#heard.has(notice.number)) return;
    this.#heard.add(notice.number);
    this.shown.value = [...this.shown.peek(), notice].slice(-SHOWN);
  }

  /** @param {number} number */
  dismiss(number) {
    this.shown.value = this.shown.peek().filter((each) => each.number !== number);
  }
}
