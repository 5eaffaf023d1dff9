/** A player's hands at a board: how many mines, which cell is next, what was asked for. One for each room. */

import { signal } from "@preact/signals";
import { onePerRoom } from "../../room/one_per_room.js";
import { playIn } from "../../room/play.js";
import { boardOf, cellsOf } from "./board.js";
import { MOST_MINES } from "./math.js";

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */

const CENTRE = 12;

export class Choice {
  /** As it stands in the field. */
  typed = signal("3");
  /** The cell that the keyboard is at. */
  at = signal(CENTRE);
  /** The cell whose uncovering was sent and is not answered yet. @type {import("@preact/signals").Signal<number | null>} */
  pending = signal(null);
  /** What was wished for while that was so. @type {(() => Promise<void>) | null} */
  #next = null;

  /** @param {RoomStore} store */
  constructor(store) {
    this.store = store;
    this.play = playIn(store);
  }

  /** How many mines are wanted; null while the field holds no number of them. @returns {number | null} */
  get mines() {
    const text = this.typed.value.trim();
    const mines = /^\d{1,2}$/.test(text) ? Number(text) : 0;
    return mines >= 1 && mines <= MOST_MINES ? mines : null;
  }

  /** @param {number} by */
  change(by) {
    this.typed.value = String(Math.min(MOST_MINES, Math.max(1, (this.mines ?? 3) + by)));
  }

  /** Is it ours to uncover cells now? */
  get ours() {
    return this.store.view.value.phase === "running" && this.play.mine.value.length > 0;
  }

  bet() {
    if (this.mines !== null && this.store.view.peek().phase === "betting") void this.play.bet({ mines: this.mines });
  }

  /** One more cell may be asked for while the last is not answered yet; it has its turn then. @param {number} cell */
  async reveal(cell) {
    this.at.value = cell;
    if (!this.ours || this.play.blocked.peek()) return;
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

  /** Takes the turn of a cell that waits for its own. */
  async cashOut() {
    if (!this.ours || this.play.blocked.peek()) return;
    if (this.pending.peek() !== null) this.#next = () => this.cashOut();
    else await this.play.act("cashout");
  }
}

export const choiceIn = onePerRoom((store) => new Choice(store));
