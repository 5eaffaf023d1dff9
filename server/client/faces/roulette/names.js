/** The names of places. */

import { texts } from "../../texts.js";
import { placeOf, stakesPaid } from "./layout.js";
import { pocketName } from "./pockets.js";

const text = texts.games.roulette.face;

/** `17-20`, `13 to 24`, `Red`. @param {import("./layout.js").Place} place */
export function shortName({ kind, numbers }) {
  if (kind === "dozen" || kind === "line") return text.range(numbers[0], numbers[numbers.length - 1]);
  if (kind === "column") return `${numbers.slice(0, 3).join("-")}…`;
  return numbers.length ? numbers.join("-") : (text.evenChances[kind] ?? kind);
}

/** `Split 17-20`. @param {import("./layout.js").Place} place */
export function longName(place) {
  const name = text.kinds[place.kind];
  if (place.numbers.length === 0) return name;
  return `${name} ${place.kind === "straight" ? pocketName(place.numbers[0]) : shortName(place)}`;
}

/** `Split 17-20, pays 17 to 1`. @param {import("./layout.js").Place} place */
export const nameWithPays = (place) => `${longName(place)}, ${text.pays(stakesPaid(place) - 1)}`;

/** The name of a bet's place; empty if unknown. @param {any} selection */
export function nameOfBet(selection) {
  const place = placeOf(selection);
  return place ? shortName(place) : "";
}
