/**
 * Notices that the server has another build of the client than this page came from, and registers the service worker.
 *
 * A page only gets older while it is open: its addresses always come from the server. So it looks whenever it was cut off
 * from the server, which may have been restarted with a newer build.
 */

import { effect, signal } from "@preact/signals-core";
import { wire } from "./wire.js";

/** The least time between two looks while the connection fails, or when a tab comes to the front. */
const AGAIN_MS = 10_000;
const RETURNED_MS = 600_000;

/** @returns {Promise<{build: string}>} */
async function ask() {
  const response = await fetch("/version.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`the version: ${response.status}`);
  return response.json();
}

const ownBuild = () => globalThis.document?.querySelector('meta[name="croupier-build"]')?.getAttribute("content") ?? "";

export class Updates {
  /** Whether the server has another build. */
  newer = signal(false);
  #lookedAt = -Infinity;

  /** @param {{own?: string, ask?: () => Promise<{build: string}>, now?: () => number}} [parts] */
  constructor(parts = {}) {
    this.own = parts.own ?? ownBuild();
    this.ask = parts.ask ?? ask;
    this.now = parts.now ?? (() => performance.now());
  }

  /** Ask the server, unless it was asked less than `atLeast` ms ago. Resolves to `newer`. */
  async look(atLeast = 0) {
    if (!this.own || this.now() - this.#lookedAt < atLeast) return this.newer.value;
    this.#lookedAt = this.now();
    try {
      this.newer.value = (await this.ask()).build !== this.own;
    } catch {
      // Without an answer, the next look decides.
    }
    return this.newer.value;
  }

  /** Look after every lost connection. @param {Pick<import("./wire.js").Wire, "connection">} connected */
  follow({ connection }) {
    let lost = false;
    return effect(() => {
      const now = connection.value;
      if (now === "offline") void this.look(AGAIN_MS);
      else if (now === "online" && lost) void this.look();
      lost = now === "offline" || (lost && now !== "online");
    });
  }

  /**
   * A part of the client could not be loaded. If it is gone because of a newer build, reload, which brings that.
   * @param {unknown} error
   */
  async missed(error) {
    if (await this.look()) location.reload();
    else console.error(error);
  }
}

export const updates = new Updates();

function registerWorker() {
  // Absent on pages without TLS.
  navigator.serviceWorker?.register("/sw.js").catch((error) => console.warn("no service worker:", error));
}

export function startUpdates() {
  updates.follow(wire);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void updates.look(RETURNED_MS);
  });
  // It waits until the page is connected, so as not to take bandwidth from what the page needs.
  const stop = wire.connection.subscribe((now) => {
    if (now !== "online") return;
    registerWorker();
    queueMicrotask(() => stop());
  });
}
