/** The texts of private rooms: on their tiles, in the form that opens one, and in the room. */

import { count } from "../text.js";

/** Labels of game options. Other options are labelled by their names. @type {Record<string, string>} */
const options = {
  rake: "Rake",
  rake_cap: "Maximum rake per hand",
  small_blind: "Small blind",
  big_blind: "Big blind",
  min_buy_in: "Smallest buy-in",
  max_buy_in: "Largest buy-in",
  max_payout: "Largest payout",
  betting_ms: "Betting time",
  insurance_ms: "Insurance time",
  turn_ms: "Turn time",
  time_bank_ms: "Time bank",
  between_ms: "Pause between hands",
  show_ms: "Time to show cards",
  spin_ms: "Spin time",
  seed_delay_hours: "Server seed published after, hours",
};

export const text = {
  // ---- in the lobby ----
  title: "Private rooms",
  lead: "Rooms that players open on their own terms.",
  open: "Open a room",
  join: "Join with a code",
  empty: "No private rooms are open.",
  emptyNext: "Open one and invite others.",
  of: (/** @type {string} */ owner) => `by ${owner}`,
  seats: (/** @type {number} */ taken, /** @type {number} */ seats) =>
    `${taken.toLocaleString("en")} of ${count(seats, "seat")} taken`,
  sit: "Join",
  terms: "Room terms",
  noInvite: "Invitation only",
  watch: /** @type {Record<string, string>} */ ({ invited: "Only invited players can watch", nobody: "No spectators" }),
  late: (/** @type {number} */ seconds) => `Spectators see it ${count(seconds, "second")} late`,
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
    lead: "Choose the game and its terms. You can close the room at any time. It closes automatically when it is empty.",
    signIn: "Sign in to open a room.",
    noGames: "None of the games here can be played in a private room.",
    game: "Game",
    terms: "Stakes and rules",
    timers: "Timers",
    people: "People",
    seats: "Seats",
    seatsHint: (/** @type {number} */ least, /** @type {number} */ most) => `${least} to ${most.toLocaleString("en")}`,
    twoSeats: "This game has two seats.",
    join: "Who can join",
    joins: /** @type {Record<string, string>} */ ({
      anybody: "Anyone (listed in the lobby)",
      invited: "Invited players only (listed in the lobby)",
      secret: "Invited players only (unlisted)",
    }),
    watch: "Who can watch",
    watches: /** @type {Record<string, string>} */ ({
      everybody: "Anyone",
      invited: "Invited players only",
      nobody: "Only players with a seat",
    }),
    delay: "Delay for spectators",
    delayHint: (/** @type {number} */ most) => `0 to ${most}. A delay keeps spectators from helping players.`,
    notHere: "The server does not allow this value.",
    submit: "Open room",
    between: (/** @type {string} */ least, /** @type {string} */ most) => `${least} to ${most}`,
    bad: (/** @type {string} */ least, /** @type {string} */ most) => `Enter a value from ${least} to ${most}.`,
    tooMany: "You have reached the limit of open rooms. Close one first.",
  },

  // ---- in the room ----
  room: {
    whose: (/** @type {string} */ owner) => `Private room by ${owner}`,
    yours: "Your private room",
    seats: (/** @type {number} */ seats) => count(seats, "seat"),
    unlisted: "unlisted",
    invitedOnly: "invitation only",
    late: (/** @type {number} */ seconds) =>
      `You see this room ${count(seconds, "second")} late because you have no seat.`,
    invite: "Copy invitation",
    inviteBySheet: "Share invitation",
    /** @param {string} place */
    byCode: (place) => `Or tell them to open ${place} and type this code:`,
    code: "Code",
    invited: "Invitation copied",
    share: "Send this link to the people you want to invite.",
    close: "Close room",
    closeSure: "Close the room for everyone? The current round ends first.",
    closeYes: "Close it",
    closeNo: "Keep open",
    closing: "The room closes when the current round ends.",
    hidden:
      "This room is closed, does not exist, or is invitation only. If you were invited, open the full link " +
      "that you received.",
    hiddenSignIn:
      "This room is closed, does not exist, or is invitation only. If you were invited, open the full link that you " +
      "received, and sign in.",
    wrongInvite: "The invitation in this link is wrong or incomplete. Open the full link that you received.",
  },
};
