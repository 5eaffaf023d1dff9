/**
 * A game without a tile of its own, for lists and the room's state, and how its values are said. It knows no types, so it
 * decides by the names and the forms of values. Pure, except for the titles that it keeps.
 */

import { signal } from "@preact/signals-core";
import { chips, number as formatNumber, multiplier } from "../../format.js";
import { texts, wordFor } from "../../texts.js";
import { Picture } from "./picture.js";

/** Names of amounts in cents, alone or after an underscore. `bet` is a bet's name, not its amount. */
const MONEY =
  /(^|_)(amount|ante|bank|blinds?|buy_in|call|cap|cents|chips|cost|jackpot|paid|payout|pots?|price|prize|stacks?|staked?|winnings|won|worth)$/;
const CARD = /^[DHSC][2-9TJQKA]$/;
const SUITS = /** @type {Record<string, string>} */ ({ D: "♦", H: "♥", S: "♠", C: "♣" });
const MOST_SAID = 4;

/** A name as a label: `auto_cashout` → `Auto cashout`. @param {string} name */
export const words = (name) => wordFor(name) ?? name.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

/** @param {string} name */
export const isMoney = (name) => MONEY.test(name);

/** @param {any} value */
export const isCard = (value) => typeof value === "string" && CARD.test(value);

/** @param {any} value */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** True for values that need not be shown. @param {any} value */
export const isEmpty = (value) =>
  value === null ||
  value === undefined ||
  value === "" ||
  (typeof value === "object" && Object.keys(value).length === 0);

/** What an object's own words leave out: a seat stands beside its player. @param {Record<string, any>} value */
export const entriesOf = (value) =>
  Object.entries(value).filter(([name, inner]) => !isEmpty(inner) && !(name === "seat" && "player" in value));

/** @param {string} name @param {any} value */
function number(name, value) {
  if (isMoney(name)) return chips(value);
  if (/(^|_)multiplier$/.test(name)) return multiplier(value);
  return formatNumber(value, 4);
}

/** A value in words. @param {string} name @param {any} value @returns {string} */
export function said(name, value) {
  if (isEmpty(value)) return "–";
  if (typeof value === "number") return number(name, value);
  if (typeof value === "boolean") return value ? texts.shell.yes : texts.shell.no;
  if (isCard(value)) return `${SUITS[value[0]]}${value[1] === "T" ? "10" : value[1]}`;
  if (Array.isArray(value)) return value.map((each) => (each === null ? "–" : said(name, each))).join(", ");
  if (isObject(value))
    return entriesOf(value)
      .map(([each, inner]) => `${words(each)} ${said(each, inner)}`)
      .join(", ");
  return String(value);
}

/** An outcome in a few characters: its first fact that says something. @param {Record<string, any>} outcome */
export function resultOf(outcome) {
  const [name, value] = Object.entries(outcome).find(([, each]) => !isEmpty(each)) ?? ["", null];
  if (typeof value === "boolean") return value ? words(name) : texts.shell.plainNot(words(name).toLowerCase());
  if (Array.isArray(value) && value.length > MOST_SAID) return `${said(name, value.slice(0, MOST_SAID))} …`;
  const bare = typeof value !== "number" || isMoney(name) || name.endsWith("multiplier");
  return bare ? said(name, value) : `${words(name)} ${said(name, value)}`;
}

/** The titles of games as the server gives them, by name; those that are not known yet are made from the name. */
const titles = signal(/** @type {ReadonlyMap<string, string>} */ (new Map()));

/** @param {string} game @param {string} title */
export function keepTitle(game, title) {
  if (titles.peek().get(game) !== title) titles.value = new Map(titles.peek()).set(game, title);
}

/** @param {string} game @returns {import("../../shapes.d.ts").Tile} */
export function plainTile(game) {
  return {
    get title() {
      return titles.value.get(game) ?? words(game);
    },
    Picture,
    resultText: (outcome) => ({ text: resultOf(outcome), tone: "plain" }),
  };
}
