/** The player's choices in mines: number of mines, focused cell, and the request in flight. */

import { signal } from "@preact/signals";
import { onePerRoom } from "../../room/one_per_room.js";
import { playIn } from "../../room/play.js";
import { boardOf, cellsOf } from "./board.js";
import { MOST_MINES } from "./math.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */

const CENTRE = 12;

export class Choice {
  /** The text in the field for the number of mines. */
  typed = signal("3");
  /** The cell that the keyboard focuses. */
  at = signal(CENTRE);
  /** The cell whose request awaits its answer. @type {import("@preact/signals").Signal<number | null>} */
  pending = signal(null);
  /** The next request, made while one is in flight. @type {(() => Promise<void>) | null} */
  #next = null;

  /** @param {RoomStore} store */
  constructor(store) {
    this.store = store;
    this.play = playIn(store);
  }

  /** The chosen number of mines; null if the field is invalid. @returns {number | null} */
  get mines() {
    const text = this.typed.value.trim();
    const mines = /^\d{1,2}$/.test(text) ? Number(text) : 0;
    return mines >= 1 && mines <= MOST_MINES ? mines : null;
  }

  /** @param {number} by */
  change(by) {
    this.typed.value = String(Math.min(MOST_MINES, Math.max(1, (this.mines ?? 3) + by)));
  }

  /** True while we have a running bet. */
  get ours() {
    return this.store.view.value.phase === "running" && this.play.mine.value.length > 0;
  }

  bet() {
    if (this.mines !== null && this.store.view.peek().phase === "betting") void this.play.bet({ mines: this.mines });
  }

  /** Uncover a cell. While a request is in flight, one more can wait. @param {number} cell */
  async reveal(cell) {
    this.at.value = cell;
    if (!this.ours || this.play.cannotAct.peek()) return;
    if (cellsOf(boardOf(this.store.view.peek()), null)[cell] !== "covered") return;
    if (this.pending.peek() !== null) {
      if (this.pending.peek() !== cell) this.#next = () => this.reveal(cell);
      return;
    }
    this.pending.value = cell;
    await this.play.act("reveal", { cell });
    this.pending.value = null;
    const next = this.#next;
    this.#next = null;
    await next?.();
  }

  /** Cash out. Replaces a waiting request to uncover a cell. */
  async cashOut() {
    if (!this.ours || this.play.cannotAct.peek()) return;
    if (this.pending.peek() !== null) this.#next = () => this.cashOut();
    else await this.play.act("cashout");
  }
}

export const choiceIn = onePerRoom((store) => new Choice(store));
