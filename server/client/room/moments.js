/** Sounds, the win moment and the tab's title for what happens in a room. */

import { useEffect, useRef } from "preact/hooks";
import { announce, reducedMotion } from "../dom.js";
import { texts } from "../texts.js";
import { speaker } from "../ui/speaker.js";
import { tab } from "../ui/tab.js";
import { dueIn } from "./due.js";
import { openCards, resultOf, soundOf } from "./happenings.js";
import { playIn } from "./play.js";
import { celebrate } from "./win_moment.js";

/** @typedef {import("../rooms.js").RoomStore} RoomStore */
/** @typedef {import("../shapes.d.ts").Face} Face */

const LOOK_MS = 250;
/** Bets that follow one another faster than this are placed together. */
const TOGETHER_MS = 300;
/** How long the title says what has happened, once the player can see it. */
const SEEN_MS = 5_000;

/** @param {RoomStore} store */
const playerIn = (store) => store.you.peek()?.player;

/** Sounds for events, and the moment of a win when it is revealed. @param {RoomStore} store @param {Face} face */
function useSoundsAndWins(store, face) {
  useEffect(() => {
    let cards = openCards(store.view.peek());
    let revealing = 0;
    let [staked, timer] = [0, /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined)];
    /** @type {() => void} */
    let stopWin = () => undefined;
    const winsTo = () => document.querySelector(face.winsTo ?? "[data-testid=wallet]");
    const stops = [
      store.onEvent((event) => {
        const state = store.state.peek();
        const sound = state && soundOf(event, state, cards);
        cards = openCards(state?.view);
        if (!sound || (sound === "chip" && !playIn(store).made(event.bet))) return;
        speaker.play(sound);
        if (sound !== "chip") return;
        // Many bets may be placed at once; they are one announcement.
        staked += event.amount;
        clearTimeout(timer);
        timer = setTimeout(() => {
          announce(texts.room.bet.saidIn(staked));
          staked = 0;
        }, TOGETHER_MS);
      }),
      store.reveals.hidden.subscribe((hidden) => {
        if (hidden.length > revealing) speaker.play("spin");
        revealing = hidden.length;
      }),
      store.onRevealed((event) => {
        const result = resultOf(/** @type {any} */ (event), playerIn(store));
        if (result?.kind !== "win" && result?.kind !== "big-win") return;
        speaker.play(result.kind);
        stopWin();
        if (document.hidden || reducedMotion()) return;
        // When the page shows the end, so that nothing moves any more.
        const frame = requestAnimationFrame(() => {
          stopWin = celebrate(result, document.querySelector(".game-frame"), winsTo());
        });
        stopWin = () => cancelAnimationFrame(frame);
      }),
      () => stopWin(),
      () => clearTimeout(timer),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [store]);
}

/** The title, a sound and a notification for what the player has to know at once. @param {RoomStore} store @param {Face} face */
function useAlerts(store, face) {
  const plays = useRef(false);
  useEffect(() => {
    let known = "";
    /** What has happened and is still in the title. */
    let happened = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const look = () => {
      const state = store.state.peek();
      plays.current ||= state?.bets.some((bet) => bet.player === state.you?.player) ?? false;
      const due = state && dueIn(face, state, store.now(), plays.current);
      const isNew = due !== null && `${due.kind} ${due.key}` !== known;
      known = due ? `${due.kind} ${due.key}` : "";
      if (due) tab.raise(due.words, isNew);
      else if (happened) tab.raise(happened, false);
      else tab.clear();
      if (!due || !isNew) return;
      speaker.play(due.kind);
      // The faces say whose turn it is.
      if (due.kind === "closing") announce(due.words);
    };
    const seen = () => {
      clearTimeout(timer);
      if (happened && !document.hidden) timer = setTimeout(forget, SEEN_MS);
    };
    const forget = () => {
      happened = "";
      look();
    };
    const stops = [
      store.onEvent((event) => {
        const words = face.called?.(event, playerIn(store) ?? "") ?? "";
        if (words) {
          happened = words;
          speaker.play("called");
          announce(words);
          tab.raise(words);
          seen();
        }
        look();
      }),
      () => tab.clear(),
    ];
    const clock = setInterval(look, LOOK_MS);
    document.addEventListener("visibilitychange", seen);
    look();
    return () => {
      for (const stop of stops) stop();
      clearInterval(clock);
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [store]);
}

/** @param {RoomStore} store @param {Face} face */
export function useMoments(store, face) {
  useSoundsAndWins(store, face);
  useAlerts(store, face);
}
