/** The sounds, as notes to synthesise: there are no sound files. Pure. */

/**
 * @typedef {"chip" | "card" | "spin" | "win" | "big-win" | "turn" | "closing" | "cash-out" | "called"} SoundName
 * @typedef {object} Note
 * @property {number} at ms after the start
 * @property {number} ms length
 * @property {number} hz frequency; of noise, the middle of its band
 * @property {number} [to] the frequency at the end, if it glides
 * @property {"sine" | "triangle" | "square" | "noise"} wave
 * @property {number} loud 0 … 1
 */

/** The volume of everything. */
export const VOLUME = 0.22;

/** @param {number[]} pitches @param {number} every @param {number} ms @param {number} loud @returns {Note[]} */
const run = (pitches, every, ms, loud) =>
  pitches.map((hz, index) => ({ at: index * every, ms, hz, wave: /** @type {const} */ ("triangle"), loud }));

/** @type {Record<SoundName, Note[]>} */
export const SOUNDS = {
  chip: [
    { at: 0, ms: 35, hz: 2600, to: 1900, wave: "triangle", loud: 0.5 },
    { at: 45, ms: 45, hz: 2100, to: 1500, wave: "triangle", loud: 0.35 },
  ],
  card: [{ at: 0, ms: 70, hz: 3200, wave: "noise", loud: 0.5 }],
  spin: [0, 90, 180].map((at) => ({ at, ms: 25, hz: 1500, wave: /** @type {const} */ ("square"), loud: 0.12 })),
  win: run([523, 659, 784], 90, 220, 0.5),
  "big-win": [...run([523, 659, 784, 1047], 110, 260, 0.55), ...run([1319, 1568, 2093], 70, 420, 0.3).map(later(480))],
  turn: run([659, 988], 140, 240, 0.6),
  closing: run([880, 880], 180, 90, 0.45),
  "cash-out": run([784, 1047], 70, 160, 0.5),
  called: run([988, 659, 988], 110, 160, 0.5),
};

/** @param {number} ms @returns {(note: Note) => Note} */
function later(ms) {
  return (note) => ({ ...note, at: note.at + ms });
}

/** What a phone does beside the sound: ms on, off, on … @type {Partial<Record<SoundName, number[]>>} */
export const VIBRATIONS = {
  turn: [120, 60, 120],
  called: [120, 60, 120],
  win: [60],
  "big-win": [60, 40, 60, 40, 160],
};
