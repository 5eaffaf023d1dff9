/** Every text of private rooms: on their cards, in the form that opens one, and in the room itself. */

import { count } from "../text.js";

/** What the options of games are called; any other is called by its own name. @type {Record<string, string>} */
const options = {
  rake: "Rake",
  rake_cap: "Most rake a hand",
  small_blind: "Small blind",
  big_blind: "Big blind",
  min_buy_in: "Least buy-in",
  max_buy_in: "Largest buy-in",
  max_payout: "Largest payout",
  betting_ms: "Time to bet",
  insurance_ms: "Time for insurance",
  turn_ms: "Time for a turn",
  time_bank_ms: "Time bank",
  between_ms: "Pause between hands",
  spin_ms: "Time of a spin",
};

export const text = {
  // ---- in the lobby ----
  title: "Private rooms",
  lead: "Opened by players, on their own terms.",
  open: "Open a room",
  empty: "Nobody has opened a room.",
  emptyNext: "Open one, and invite whom you like.",
  of: (/** @type {string} */ owner) => `of ${owner}`,
  seats: (/** @type {number} */ taken, /** @type {number} */ seats) =>
    `${taken.toLocaleString("en")} of ${count(seats, "seat")} taken`,
  sit: "Sit down",
  terms: "Terms of the room",
  noInvite: "By invitation",
  watch: /** @type {Record<string, string>} */ ({ invited: "Only the invited may watch", nobody: "Nobody may watch" }),
  late: (/** @type {number} */ seconds) => `Watched ${count(seconds, "second")} late`,
  blinds: "Blinds",
  buyIn: "Buy-in",
  option: (/** @type {string} */ name) =>
    options[name] ??
    name
      .replace(/_ms$/, "")
      .replaceAll("_", " ")
      .replace(/^./, (first) => first.toUpperCase()),
  units: /** @type {Record<string, string>} */ ({ chips: "chips", seconds: "seconds", percent: "%", plain: "" }),

  // ---- the form ----
  form: {
    lead: "You choose the game and its terms, and you can close the room again. It closes by itself when nobody is in it.",
    signIn: "Sign in to open a room.",
    noGames: "No game here can be played in a private room.",
    game: "Game",
    terms: "Stakes and rules",
    timers: "Timers",
    people: "People",
    seats: "Seats",
    seatsHint: (/** @type {number} */ least, /** @type {number} */ most) => `${least} to ${most.toLocaleString("en")}`,
    twoSeats: "It has two seats.",
    join: "Who may sit down",
    joins: /** @type {Record<string, string>} */ ({
      anybody: "Anybody: the room is in the lobby",
      invited: "The invited: the room is in the lobby",
      secret: "The invited: the room is in no list",
    }),
    watch: "Who may watch",
    watches: /** @type {Record<string, string>} */ ({
      everybody: "Everybody who finds it",
      invited: "The invited",
      nobody: "Nobody without a seat",
    }),
    delay: "Delay for those who watch",
    delayHint: (/** @type {number} */ most) => `0 to ${most}. So what is seen from outside helps nobody at the table.`,
    notHere: "The house does not allow this value.",
    submit: "Open the room",
    between: (/** @type {string} */ least, /** @type {string} */ most) => `${least} to ${most}`,
    bad: (/** @type {string} */ least, /** @type {string} */ most) => `From ${least} to ${most}.`,
    tooMany: "You have as many rooms open as one player may. Close one of them first.",
  },

  // ---- in the room ----
  room: {
    whose: (/** @type {string} */ owner) => `Private room of ${owner}`,
    yours: "Your private room",
    seats: (/** @type {number} */ seats) => count(seats, "seat"),
    unlisted: "in no list",
    invitedOnly: "by invitation",
    late: (/** @type {number} */ seconds) =>
      `You see this room ${count(seconds, "second")} late, because you have no seat in it.`,
    invite: "Copy the invitation",
    invited: "The invitation is copied",
    share: "Send this address to whom you want at the table.",
    close: "Close the room",
    closeSure: "Close it for everybody? A round that is under way ends first.",
    closeYes: "Close it",
    closeNo: "Keep it open",
    closing: "The room closes as soon as its round is over.",
    hidden:
      "This room is closed, or there never was one of this name, or it is for the invited alone. If you are invited, open the whole address that you were sent.",
    hiddenSignIn:
      "This room is closed, or there never was one of this name, or it is for the invited alone. If you are invited, sign in.",
  },
};
