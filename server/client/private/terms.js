/** The terms of a private room: a game's options as form fields and as short labels. Pure. */

import { fieldsOf } from "../faces/plain/schema.js";
import { chips, parseChips, plainChips, plainNumber, readNumber } from "../format.js";
import { texts } from "../texts.js";

/** @typedef {import("../http.d.ts").NewRoom["watch"]} Access */
/** @typedef {import("../shapes.d.ts").GameData} GameData */

/**
 * @typedef {object} Option
 * @property {string} name
 * @property {string} label
 * @property {"chips" | "seconds" | "percent" | "plain"} unit for display. Values are in the game's units: cents,
 *   milliseconds and hundredths of a percent
 * @property {number} min in the game's units, as all numbers here
 * @property {number} max
 * @property {number} start
 */

/** Options that players can't set, such as how often a room sends ticks. */
const HIDDEN = new Set(["tick_ms"]);
const MONEY = /_(blind|buy_in|cap|payout|stake)$/;
/** How many of a game's units are one of ours. */
export const PARTS = { chips: 100, seconds: 1_000, percent: 100, plain: 1 };

/** @param {string} name @returns {Option["unit"]} */
function unitOf(name) {
  if (name.endsWith("_ms")) return "seconds";
  if (name === "rake") return "percent";
  return MONEY.test(name) ? "chips" : "plain";
}

/**
 * The options that a player can set: those with a whole number as default. State carried from round to round has none.
 * @param {GameData} schema of a game's options @returns {Option[]}
 */
export function optionsOf(schema) {
  return fieldsOf(schema)
    .filter((field) => field.kind === "integer" && typeof field.start === "number" && !HIDDEN.has(field.name))
    .map(({ name, min = 0, max = Number.MAX_SAFE_INTEGER, start }) => ({
      name,
      label: texts.private.option(name),
      unit: unitOf(name),
      min,
      max,
      start,
    }));
}

/** A value as text for a form field. @param {Option} option @param {number} value in the game's units */
export function typedOption({ unit }, value) {
  return unit === "chips" ? plainChips(value) : plainNumber(value / PARTS[unit]);
}

/**
 * The typed value in the game's units; null if it is malformed or out of bounds.
 * @param {Option} option
 * @param {string} typed
 */
export function parsedOption({ unit, min, max }, typed) {
  const value = unit === "chips" ? parseChips(typed) : parsedParts(typed, PARTS[unit]);
  return value === null || value < min || value > max ? null : value;
}

/** @param {string} typed @param {number} parts */
function parsedParts(typed, parts) {
  const read = readNumber(typed);
  const value = read ? Number(read.digits) * parts : Number.NaN;
  // 2.3 × 100 is 229.99999999999997.
  return Math.abs(value - Math.round(value)) < 1e-6 ? Math.round(value) : null;
}

/** For players: `20 chips`, `2.5 %`. @param {Option} option @param {number} value */
function shown(option, value) {
  const number = option.unit === "chips" ? chips(value) : typedOption(option, value);
  return option.unit === "percent" ? `${number} %` : option.unit === "seconds" ? texts.units.seconds(number) : number;
}

/** Options that are shown together. */
const PAIRS = [
  { first: "small_blind", second: "big_blind", words: texts.private.blinds, between: "/" },
  { first: "min_buy_in", second: "max_buy_in", words: texts.private.buyIn, between: "–" },
];

/**
 * The stakes of a room and every option that differs from its default: `Blinds 0.50/1`, `Rake 2.5 %`.
 * @param {GameData} schema of the game's options @param {GameData} options @returns {string[]}
 */
export function termsOf(schema, options) {
  const known = new Map(optionsOf(schema).map((option) => [option.name, option]));
  const said = [];
  for (const { first, second, words, between } of PAIRS) {
    const [low, high] = [known.get(first), known.get(second)];
    if (!low || !high) continue;
    said.push(
      `${words} ${shown(low, options[first] ?? low.start)}${between}${shown(high, options[second] ?? high.start)}`,
    );
    known.delete(first);
    known.delete(second);
  }
  for (const option of known.values()) {
    const value = options[option.name] ?? option.start;
    if (value !== option.start) said.push(`${option.label} ${shown(option, value)}`);
  }
  return said;
}

/** The default number of seats, if the game has that many. */
const USUAL_SEATS = 6;
export const LONGEST_DELAY_S = 300;

/** @param {{seats: number}} game */
export const usualSeats = ({ seats }) => Math.min(seats, USUAL_SEATS);

/** @param {string} typed @param {number} least @param {number} most */
function whole(typed, least, most) {
  const value = /^\d{1,6}$/.test(typed.trim()) ? Number(typed) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

/**
 * The request that the form describes. `wrong` lists invalid fields; if there are any, don't send `body`. Options with
 * their default values are left out.
 * @param {{name: string, seats: number, options: GameData}} game @param {Record<string, string>} values
 */
export function requestOf(game, values) {
  /** @type {{field: string, code: string, message: string}[]} */
  const wrong = [];
  const bad = (/** @type {string} */ field, /** @type {string} */ least, /** @type {string} */ most) =>
    wrong.push({ field, code: "out_of_range", message: texts.private.form.bad(least, most) });
  /** @type {Record<string, number>} */
  const options = {};
  for (const option of optionsOf(game.options)) {
    const field = `options.${option.name}`;
    const value = parsedOption(option, values[field] ?? "");
    if (value === null) bad(field, typedOption(option, option.min), typedOption(option, option.max));
    else if (value !== option.start) options[option.name] = value;
  }
  const seats = game.seats === 2 ? 2 : whole(values.seats ?? "", 2, game.seats);
  if (seats === null) bad("seats", "2", String(game.seats));
  const delay = values.watch === "nobody" ? 0 : whole(values.delay ?? "", 0, LONGEST_DELAY_S);
  if (delay === null) bad("delay", "0", String(LONGEST_DELAY_S));
  const access = {
    listed: values.join !== "secret",
    invited_only: values.join !== "anybody",
    watch: /** @type {Access} */ (values.watch),
  };
  /** @type {import("../http.d.ts").NewRoom} */
  const body = { game: game.name, options, seats: seats ?? 0, delay: delay ?? 0, ...access };
  return { body, wrong };
}
