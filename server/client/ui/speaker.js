/** Plays the sounds and vibrates. It is silent until the player has touched the page, and while they switched it off. */

import { signal } from "@preact/signals-core";
import { localStore } from "../token.js";
import { SOUNDS, VIBRATIONS, VOLUME } from "./sounds.js";

/** @typedef {import("./sounds.js").SoundName} SoundName */
/** @typedef {import("./sounds.js").Note} Note */

const KEY = "croupier.sounds";
/** The same sound does not begin again within this time. */
const AGAIN_S = 0.06;
/** A note fades in and out over this time, so that it does not click. */
const FADE_S = 0.006;

export class Speaker {
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {AudioBuffer | null} */
  #noise = null;
  /** When each sound began last, by the context's clock. @type {Partial<Record<SoundName, number>>} */
  #began = {};

  /**
   * @param {{
   *   open: () => AudioContext | null,
   *   vibrate: (pattern: number[]) => void,
   *   store?: import("../token.js").Store,
   * }} parts `open` makes an audio context; null where there is none
   */
  constructor({ open, vibrate, store = localStore() }) {
    this.open = open;
    this.vibrate = vibrate;
    this.store = store;
    /** Whether the player wants sounds. */
    this.on = signal(store.getItem(KEY) !== "off");
  }

  /** The player has touched the page: from now on it may make sounds. */
  touched() {
    if (!this.on.peek()) return;
    this.#context ??= this.open();
    if (this.#context && this.#context.state !== "running") void this.#context.resume();
  }

  /** @param {boolean} on */
  set(on) {
    this.on.value = on;
    if (on) this.store.removeItem(KEY);
    else this.store.setItem(KEY, "off");
    if (on) this.touched();
    else void this.#context?.suspend();
  }

  /** @param {SoundName} name */
  play(name) {
    if (!this.on.peek() || !this.#context) return;
    const pattern = VIBRATIONS[name];
    if (pattern) this.vibrate(pattern);
    const now = this.#context.currentTime;
    if (this.#context.state !== "running" || now - (this.#began[name] ?? -1) < AGAIN_S) return;
    this.#began[name] = now;
    for (const note of SOUNDS[name]) this.#sound(this.#context, note);
  }

  /** @param {AudioContext} context @param {Note} note */
  #sound(context, { at, ms, hz, to = hz, wave, loud }) {
    const [start, end] = [context.currentTime + at / 1000, context.currentTime + (at + ms) / 1000];
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(loud * VOLUME, start + FADE_S);
    gain.gain.exponentialRampToValueAtTime(0.0001, end);
    gain.connect(context.destination);
    const source = wave === "noise" ? this.#hiss(context, hz, gain) : context.createOscillator();
    if ("type" in source && wave !== "noise") {
      source.type = wave;
      source.frequency.setValueAtTime(hz, start);
      source.frequency.linearRampToValueAtTime(to, end);
      source.connect(gain);
    }
    source.start(start);
    source.stop(end + FADE_S);
  }

  /** A band of noise that leads into `gain`. @param {AudioContext} context @param {number} hz @param {GainNode} gain */
  #hiss(context, hz, gain) {
    if (!this.#noise) {
      this.#noise = context.createBuffer(1, context.sampleRate / 5, context.sampleRate);
      const samples = this.#noise.getChannelData(0);
      for (let at = 0; at < samples.length; at++) samples[at] = Math.random() * 2 - 1;
    }
    const [source, band] = [context.createBufferSource(), context.createBiquadFilter()];
    source.buffer = this.#noise;
    band.type = "bandpass";
    band.frequency.value = hz;
    source.connect(band).connect(gain);
    return source;
  }
}

export const speaker = new Speaker({
  open: () => (typeof AudioContext === "undefined" ? null : new AudioContext()),
  vibrate: (pattern) => {
    // Without a gesture, browsers refuse and complain. Escape is none, for instance.
    if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(pattern);
  },
});

/** Let the first touch or key wake the page's sounds, and every later one after the browser has suspended them. */
export function startSpeaker() {
  // Not `pointerdown`: for browsers, a touch is a gesture of the player only when the finger leaves.
  for (const type of ["pointerup", "click", "keydown"]) addEventListener(type, () => speaker.touched(), true);
}
