/** Every text of the shell, the lobby and the accounts. The room, its games and the proofs have theirs in room_text.js. */

import { chips } from "./format.js";

/** @param {number} n @param {string} one @param {string} many */
export const count = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

export const text = {
  yes: "yes",
  no: "no",
  name: "Croupier",
  loading: "Loading…",
  retry: "Try again",
  cancel: "Cancel",
  save: "Save",
  saved: "Saved",
  close: "Close",
  optional: "optional",
  more: "Show more",
  all: "All",

  bar: {
    label: "Main",
    lobby: "Rooms",
    wallet: "Wallet",
    available: "available",
    held: (/** @type {number} */ cents) => `${chips(cents)} held`,
    heldTitle: "Staked in rounds that have not ended",
    signIn: "Sign in",
    signUp: "Sign up",
    account: "Account",
    profile: "Profile",
    bets: "Bets",
    sessions: "Sessions",
    limits: "Limits",
    signOut: "Sign out",
    theme: "Theme",
    themes: { system: "As the system", dark: "Dark", light: "Light" },
    menu: (/** @type {string} */ name) => `Account menu of ${name}`,
  },

  connection: {
    online: "Connected",
    connecting: "Connecting…",
    offline: "No connection. Trying again…",
    signed_out: "Signed out",
    bar: "The connection is lost. What you staked is safe; we are trying to come back.",
    goingAway: "The server restarts. What you staked is safe; we come back by ourselves.",
    now: "Try now",
    back: "Connected again",
  },

  signedOut: {
    signed_out: "You were signed out, because you signed in somewhere else or signed out there.",
    account_disabled: "This account is disabled. Ask the operator if you think that is a mistake.",
    token_expired: "Your sign-in has run out. Sign in again to play on.",
    token_invalid: "Your sign-in is no longer good. Sign in again to play on.",
    watch: "Only watch",
  },

  demo: {
    note: "This is a demo: some players are bots, and everything can be reset.",
    mail: "Read the demo’s mail",
  },

  lobby: {
    title: "Rooms",
    lead: "Play money, real odds: every round can be checked afterwards.",
    live: "Live rooms",
    solo: "Play alone",
    players: (/** @type {number} */ n) => count(n, "player"),
    watching: (/** @type {number} */ n) => `${n.toLocaleString("en")} watching`,
    play: "Play",
    watch: "Watch",
    rules: "Rules",
    recent: "Last results, newest first",
    noResults: "No round has ended yet",
    empty: "No room is open right now.",
    emptyNext: "The rooms open when the server is ready; this page looks again every few seconds.",
    invite: "Watch as long as you like. To play along, take an account: it is free, and it starts with chips.",
    phases: /** @type {Record<string, string>} */ ({
      betting: "Bets are open",
      running: "Running",
      ended: "Round over",
      paused: "Paused",
      void: "Round void, stakes are back",
      hidden: "Not for everybody to see",
    }),
    closesIn: (/** @type {string} */ span) => `Bets close in ${span}`,
    soloSignIn: "Sign in to play",
  },

  form: {
    required: "Please fill this in.",
    failed: "That did not work.",
    showPassword: "Show password",
    hidePassword: "Hide password",
  },

  fields: {
    roll_number: "Roll number",
    email: "E-mail",
    username: "Username",
    full_name: "Full name",
    password: "Password",
    current_password: "Current password",
    new_password: "New password",
    identifier: "E-mail, username or roll number",
    bio: "About you",
    avatar_url: "Picture (web address)",
    location: "Place",
    dob: "Date of birth",
    client_seed: "Your seed",
  },

  signUp: {
    title: "Sign up",
    lead: "Free, and yours in a minute. You get a mail with a link; opening it brings your first chips.",
    submit: "Create my account",
    usernameHint: "3 to 20 letters, digits, _ or -. Everybody sees it.",
    fullNameHint: "Only you see it.",
    rollHint: "Only you see it. You can sign in with it.",
    passwordHint: "At least 8 characters. A few unrelated words are easy to remember and hard to guess.",
    strength: ["Too easy to guess", "Easy to guess", "Could be better", "Good", "Very good"],
    strengthLabel: "Password strength",
    have: "You have an account?",
    doneTitle: "Now look into your mail",
    done: (/** @type {string} */ email) =>
      `We sent a link to ${email}. Open it to confirm the address; then you can sign in. It works for 48 hours.`,
    again: "Send the mail again",
    sentAgain: "If the address waits for confirmation, a new mail is on its way.",
  },

  signIn: {
    title: "Sign in",
    submit: "Sign in",
    forgot: "Forgot your password?",
    none: "No account yet?",
    unverified:
      "Your e-mail address is not confirmed yet. Open the link in the mail that we sent, or have it sent again:",
    locked: (/** @type {string} */ span) => `Too many wrong passwords. Try again in ${span}, or set a new password.`,
    welcome: (/** @type {string} */ name) => `Signed in as ${name}`,
  },

  verify: {
    title: "Confirm your address",
    lead: "One press confirms your e-mail address, and your account is open.",
    /** @param {string} name */
    account: (name) =>
      `It opens the account ${name}. If you did not choose this name, do not confirm: sign up yourself.`,
    submit: "Confirm my address",
    /** @param {string} name */
    done: (name) => `The account ${name} is open, and your first chips are in your wallet.`,
    bad: "This link is used up, too old or incomplete. Links work once, for 48 hours.",
    noToken: "This address lacks the code from the mail. Open the link in the mail again, or copy it whole.",
  },

  forgot: {
    title: "Forgot your password?",
    lead: "Tell us your e-mail address. If there is an account, it gets a link to set a new password.",
    submit: "Send the link",
    done: "If there is an account with this address, a mail is on its way. The link works for one hour.",
  },

  reset: {
    title: "Set a new password",
    submit: "Set the password",
    done: "Your new password counts from now on.",
    bad: "This link is used up or too old. Ask for a new one.",
    askNew: "Ask for a new link",
  },

  account: {
    title: "Your account",
    nav: "Account pages",
    needed: "Sign in to see this page.",
    profile: "Profile",
    profileLead:
      "Others see your username, text, picture and place. E-mail, name, roll number and birthday stay with you.",
    publicPage: "See it as others do",
    avatarHint: "An address that begins with https:// or http://",
    usernameHint: "It can’t be changed while you have a live bet.",
    password: "Password",
    changePassword: "Change the password",
    passwordChanged: "The password is changed.",
    seed: "Client seed",
    seedHint: "Your share in the draw: 1 to 64 letters, digits, _ or -. A change counts from the next round.",
    seedSave: "Use this seed",
    seedRandom: "A random one",
    seedSaved: "The new seed counts from the next round.",
    delete: "Delete the account",
    deleteLead: "Your profile, chips, bets and history are deleted for good. Rounds stay, without your name.",
    deleteConfirm: "Delete it for good",
    deleted: "Your account is deleted.",
    memberSince: (/** @type {string} */ day) => `Here since ${day}`,
  },

  wallet: {
    title: "Wallet",
    balance: "Balance",
    held: "Held in live bets",
    available: "Available",
    bonus: "Claim the daily bonus",
    bonusHint: "There for you once a day when the wallet is low.",
    bonusDone: (/** @type {number} */ cents) => `${chips(cents)} chips are yours.`,
    bonusLater: (/** @type {string} */ when) => `The next bonus can be claimed ${when}.`,
    bonusLow: "The bonus is for low wallets; yours is still well filled.",
    history: "History",
    chart: "Balance over the last transactions",
    chartText: (
      /** @type {string} */ from,
      /** @type {string} */ to,
      /** @type {string} */ low,
      /** @type {string} */ high,
    ) => `From ${from} to ${to}; lowest ${low}, highest ${high}.`,
    csv: "Download as CSV",
    when: "When",
    what: "What",
    amount: "Amount",
    after: "Balance after",
    empty: "Nothing has moved yet.",
    emptyNext: "Place your first bet, and every chip that moves is listed here.",
    emptyFilter: "Nothing fits these filters.",
    clear: "Clear the filters",
    categories: /** @type {Record<string, string>} */ ({
      bet: "Stake",
      win: "Payout",
      refund: "Stake returned",
      "top-up": "Top-up",
      "sign-up": "Welcome chips",
      "daily-bonus": "Daily bonus",
    }),
  },

  filters: { label: "Filters", category: "Kind", game: "Game", from: "From", to: "To" },

  bets: {
    title: "Your bets",
    round: "Round",
    stake: "Stake",
    result: "Result",
    payout: "Payout",
    empty: "You have not bet yet.",
    emptyNext: "Pick a room and place your first bet.",
    results: /** @type {Record<string, string>} */ ({
      win: "Won",
      loss: "Lost",
      cashout: "Cashed out",
      push: "Stake back",
      void: "Void",
      refund: "Stake back",
    }),
  },

  sessions: {
    title: "Your sessions",
    lead: "A session is one stay in a room, from sitting down to standing up.",
    number: "Session",
    room: "Room",
    from: "From",
    until: "Until",
    live: "Still there",
    empty: "You have not sat down in a room yet.",
    emptyNext: "Pick a room and sit down.",
  },

  limits: {
    title: "Limits and breaks",
    lead: "Limits on your own play. A tighter limit counts at once, a looser one after a day.",
    stake: "Largest stake",
    stakeHint: "In chips, for one bet. Empty: no limit of your own.",
    loss: "Largest loss a day",
    lossHint: "In chips. No bet is taken that could pass it; days end at midnight UTC. Empty: no limit.",
    break: "Take a break until",
    breakHint: "No bet is taken before that day. It can’t be ended early.",
    save: "Set the limits",
    pending: (/** @type {string} */ when) => `A looser limit waits; it counts from ${when}.`,
    notAnAmount: "An amount in chips, such as 25 or 12.50.",
  },

  user: {
    missing: "There is no player of this name.",
    picture: "Picture (on another site)",
    edit: "Edit your profile",
    noBio: "Nothing written yet.",
  },

  game: {
    missing: "There is no such game.",
    rules: "Rules",
    limits: "Stakes",
    stakes: (/** @type {number} */ min, /** @type {number} */ max) => `${chips(min)} to ${chips(max)} chips`,
    rtp: "Return to player",
    largest: "Largest payout",
    times: (/** @type {string} */ n) => `${n} times the stake`,
    toRoom: "To the room",
    openRoom: "Open a private room",
    alone: "Play",
  },

  session: { missing: "This session has ended, or there never was one." },

  notFound: { title: "Nothing here", lead: "There is no page at this address.", next: "To the rooms" },
  broken: {
    title: "Something broke",
    lead: "This page failed to load. Try again; if it stays so, tell the operator.",
    next: "Load anew",
  },
};

/** What an error means to a player, and what to do. By the codes of HTTP and WebSocket alike. @type {Record<string, string>} */
export const errors = {
  offline: "There is no connection right now. Try again in a moment.",
  disconnected: "The connection was lost before the answer came. Try again.",
  timeout: "The server did not answer in time. Try again.",
  invalid_credentials: "That does not match any account. Check both fields.",
  email_not_verified: "Your e-mail address is not confirmed yet.",
  account_inactive: "This account is disabled. Ask the operator if you think that is a mistake.",
  account_locked: "Too many wrong passwords. Wait a while, or set a new password.",
  rate_limited: "That was too much at once. Wait a moment and try again.",
  username_taken: "Somebody else has this username. Pick another.",
  bets_live: "You have a live bet. Try again when its round has ended.",
  validation_failed: "Please check the marked fields.",
  not_found: "There is nothing under this name.",
  no_such_room: "This room is closed or never was.",
  token_missing: "Sign in first.",
  token_invalid: "Your sign-in is no longer good. Sign in again.",
  token_expired: "Your sign-in has run out. Sign in again.",
  not_signed_in: "Sign in to play.",
  not_seated: "Sit down in the room first.",
  invite_needed: "This room is joined by invitation. Ask its owner for the address.",
  room_full: "Every seat is taken. Watch for a while or try again soon.",
  betting_closed: "Bets are closed for this round. Bet in the next one.",
  key_conflict: "This bet was sent before with something else in it. Place it again.",
  insufficient_funds: "That is more than you have available. Lower the stake.",
  limit_exceeded: "That is above a limit. Lower the stake.",
  self_excluded: "You are taking a break. Bets are taken again when it is over.",
  not_your_turn: "It is another player’s turn.",
  illegal_action: "The rules do not allow that now.",
  paused: "The room is paused. It goes on by itself; what you staked is safe.",
  unavailable: "The server can’t do this right now. Try again soon.",
  internal_error: "The server failed. Try again; if it stays so, tell the operator.",
};

/** An error in a player's words. @param {unknown} error anything thrown: ApiError, WireError … @returns {string} */
export function errorText(error) {
  const { code, message } = /** @type {{code?: string, message?: string}} */ (error ?? {});
  return (code && errors[code]) || message || text.form.failed;
}
