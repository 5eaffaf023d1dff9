/** The texts of the shell, the lobby and the account pages. Those of rooms, games and proofs are in room_text.js. */

import { chips, inChips } from "./format.js";

/** @param {number} n @param {string} one @param {string} many */
export const count = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

export const text = {
  yes: "yes",
  no: "no",
  plainNot: (/** @type {string} */ name) => `Not ${name}`,
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
    settings: "Theme and sounds",
    themes: { system: "System", dark: "Dark", light: "Light" },
    menu: (/** @type {string} */ name) => `Account menu of ${name}`,
    sounds: "Sounds and vibration",
    notify: "Notify me in the background: my turn, bets closing, challenge taken",
    notifyRefused: "Your browser does not allow notifications from this site. You can change that in its settings.",
  },

  openRounds: {
    title: "Open rounds",
    count: (/** @type {number} */ n) => `${count(n, "round")} open`,
    none: "All rounds that you had bet on are over.",
    resume: (/** @type {string} */ game, /** @type {number | null} */ cents) =>
      cents === null ? `${game}: resume` : `${game}, ${chips(cents)} chips: resume`,
  },

  connection: {
    online: "Connected",
    connecting: "Connecting…",
    offline: "No connection. Reconnecting…",
    signed_out: "Signed out",
    bar: "Connection lost. Your live bets stay in play. Reconnecting…",
    /** Why the server ended or refused the connection. @type {Record<string, string>} */
    why: {
      going_away: "The server is restarting. Your live bets stay in play. This page reconnects automatically.",
      too_many_connections:
        "Your account is open in too many tabs and devices. Close one that you don’t need. This page then connects " +
        "automatically. Your live bets stay in play.",
      full:
        "The server, or your network’s share of it, is full. Close other tabs of this site, or wait. This page tries again " +
        "automatically. Your live bets stay in play.",
      too_slow:
        "Your network was too slow to keep up, so the server closed the connection. Your live bets stay in play. Reconnecting…",
      too_many_messages:
        "This page sent more messages than the server takes, so it closed the connection. Your live bets stay in play. Reconnecting…",
    },
    now: "Try now",
    back: "Reconnected",
  },

  voidBets: {
    told: (/** @type {number} */ bets, /** @type {number} */ cents) =>
      bets === 1
        ? `A round that you had bet on could not be finished. Your stake of ${chips(cents)} chips was returned.`
        : `Rounds that you had bet on could not be finished. Your stakes of ${chips(cents)} chips were returned.`,
    gotIt: "Got it",
  },

  signedOut: {
    signed_out: "You signed out.",
    signed_out_elsewhere: "You signed this device out from another one.",
    too_many_devices: "You were signed out here because your account is signed in on too many devices.",
    password_changed: "You were signed out because the password was changed. Sign in with the new one.",
    account_disabled: "This account is disabled. If you think this is a mistake, ask the operator.",
    token_expired: "Your session has expired. Sign in again to keep playing.",
    token_invalid: "You are no longer signed in. Sign in again to keep playing.",
    watch: "Watch only",
  },

  demo: {
    label: "About this demo",
    note: "This is a demo: some players are bots, and everything can be reset.",
    mail: "Read the demo mail",
  },

  lobby: {
    title: "Rooms",
    lead: "Play money, real odds. You can verify every round afterwards.",
    live: "Live rooms",
    solo: "Play alone",
    quickSeat: "Play now",
    quickWatch: "Watch now",
    /** @param {string} game @param {number} players */
    quickRoom: (game, players) => (players > 0 ? `${game} · ${count(players, "player")}` : game),
    players: (/** @type {number} */ n) => count(n, "player"),
    /** The first three players by name. @param {string[]} names */
    people: (names) => names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : ""),
    atStake: (/** @type {number} */ cents) => `${chips(cents)} chips at stake`,
    watching: (/** @type {number} */ n) => `${n.toLocaleString("en")} watching`,
    play: "Play",
    watch: "Watch",
    rules: "Rules",
    recent: "Last results, newest first",
    noResults: "No results yet",
    empty: "No room is open right now.",
    emptyNext: "Rooms open when the server is ready. This page checks every few seconds.",
    invite: "Watch as long as you like. To play, sign up: it’s free, and you start with chips.",
    phases: /** @type {Record<string, string>} */ ({
      betting: "Bets are open",
      running: "Running",
      ended: "Round over",
      paused: "Paused",
      void: "Round void, stakes returned",
      hidden: "Private",
    }),
    closesIn: (/** @type {string} */ span) => `Bets close in ${span}`,
    soloSignIn: "Sign in to play",
  },

  form: {
    email: "Enter an e-mail address, such as name@example.org.",
    tooShort: (/** @type {number} */ least) => `Use at least ${least} characters.`,
    required: "This field is required.",
    failed: "Something went wrong.",
    showPassword: "Show password",
    hidePassword: "Hide password",
    left: (/** @type {number} */ n) => `${count(n, "character")} left`,
    full: (/** @type {number} */ most) => `${count(most, "character")} is the most. Nothing more can be typed.`,
    /** @param {string} least @param {string} most */
    dateBetween: (least, most) =>
      least && most
        ? `Enter a date from ${least} to ${most}.`
        : least
          ? `Enter a date from ${least} on.`
          : `Enter a date up to ${most}.`,
    dateIncomplete: "Enter day, month and year, or nothing.",
    readAs: (/** @type {string} */ read, /** @type {string | null} */ other, /** @type {string} */ unit) => {
      const amount = (/** @type {string} */ number) =>
        unit === "chips" ? `${number} ${number === "1" ? "chip" : "chips"}` : `${number}${unit}`;
      return `Read as ${amount(read)}.${other === null ? "" : ` For ${amount(other)}, type ${other}.`}`;
    },
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
    bio: "Bio",
    avatar_url: "Picture (URL)",
    location: "Location",
    dob: "Date of birth",
    client_seed: "Client seed",
  },

  signUp: {
    title: "Sign up",
    lead: "It’s free. We send you a link; choose a password there, and you have your first chips.",
    submit: "Create account",
    usernameHint: "3 to 20 letters, digits, _ or -. Everyone can see it.",
    rollHint: "Only you can see it. You can sign in with it.",
    passwordHint: "At least 8 characters. A few unrelated words are easy to remember and hard to guess.",
    strength: ["Too easy to guess", "Easy to guess", "Could be better", "Good", "Very good"],
    strengthLabel: "Password strength",
    have: "Already have an account?",
    doneTitle: "Check your e-mail",
    done: (/** @type {string} */ email) =>
      `We sent a link to ${email}. Open it within 48 hours and choose your password there.`,
    again: "Resend the e-mail",
    sentAgain: "If this address still needs confirmation, we have sent a new e-mail.",
  },

  signIn: {
    title: "Sign in",
    submit: "Sign in",
    forgot: "Forgot your password?",
    none: "No account yet?",
    unverified: "Your e-mail address is not confirmed yet. Open the link in our e-mail, or request a new one:",
    locked: (/** @type {string} */ span) => `Too many wrong passwords. Try again in ${span}, or reset your password.`,
    welcome: (/** @type {string} */ name) => `Signed in as ${name}`,
  },

  verify: {
    title: "Confirm your address",
    /** @param {string | null} name */
    lead: (name) => `Confirm your e-mail address to activate ${name ? `the account ${name}` : "your account"}.`,
    /** @param {string | null} name */
    choose: (name) => `Choose a password to activate ${name ? `the account ${name}` : "your account"}.`,
    passwordHint: "The one you chose when you signed up.",
    set: "Set a new password",
    known: "I know the password",
    submit: "Confirm address",
    wrong: "This is not the password of this sign-up. Try again, or set a new one.",
    notYou: "If you did not sign up, someone else typed your address. Close this page, and no account is opened.",
    /** @param {string} name */
    done: (name) => `The account ${name} is active, and your first chips are in your wallet.`,
    taken: "An account with this address or roll number is already active. Sign in, or reset your password.",
    nameTaken: "Another player has taken this username in the meantime. Sign up again with another one.",
    bad: "This link is incomplete, expired or already used. Links work once, within 48 hours.",
    again: "Sign up again",
    noToken: "The code from the e-mail is missing. Open the link in the e-mail again, or copy all of it.",
  },

  join: {
    title: "Join a room",
    lead: "Type the code that the host of the room gave you.",
    code: "Room code",
    hint: "Six letters and digits, or the name of a public room",
    submit: "Join",
    unknown: "No open room has this code. Check it, or ask the host for a new one.",
  },

  screen: {
    title: "Screen of a room",
    join: "How to join",
    joinAt: (/** @type {string} */ address) => `Scan, or go to ${address} and type`,
    players: (/** @type {number} */ n) => count(n, "player"),
    nobody: "Nobody has a seat yet",
    more: (/** @type {number} */ n) => `and ${n.toLocaleString("en")} more`,
    hidden:
      "This room is closed, does not exist, or is invitation only. Its owner can open the screen from the room: " +
      "“QR code”, then “Show on a big screen”.",
  },

  going: {
    invited: (/** @type {string} */ game) => `You are invited to a room of ${game}. You go there right after this.`,
    room: (/** @type {string} */ game) => `You go back to ${game} right after this.`,
  },

  forgot: {
    title: "Forgot your password?",
    lead: "Enter your e-mail address. If it has an account, we send a link to set a new password.",
    submit: "Send the link",
    done: "If this address has an account, we have sent it a link. The link works for one hour.",
  },

  reset: {
    title: "Set a new password",
    submit: "Set password",
    done: "Your password has been changed.",
    bad: "This link is expired or already used. Request a new one.",
    askNew: "Request a new link",
  },

  account: {
    title: "Your account",
    nav: "Account pages",
    needed: "Sign in to see this page.",
    profile: "Profile",
    profileLead:
      "Others see your username, bio, picture and location. Only you see your e-mail, name, roll number and birthday.",
    publicPage: "View public profile",
    avatarHint: "A URL that starts with https:// or http://",
    usernameHint: "You can’t change it while you have a live bet.",
    password: "Password",
    changePassword: "Change password",
    passwordChanged: "Your password has been changed.",
    seed: "Client seed",
    seedFresh:
      "Your part in the draw. This browser draws a fresh seed for every round, after the server has committed to its own, " +
      "so the server can’t have chosen its seed to suit yours. Bets from elsewhere that name no seed use the one below, " +
      "and so do stacks that stay on a poker table.",
    seedFixed:
      "You have fixed your seed: this browser sends the one below with every bet. The server knows it before it chooses " +
      "its own seed.",
    seedHint: "1 to 64 letters, digits, _ or -. It counts in each round in which you have not bet yet.",
    seedSave: "Use this seed always",
    seedRandom: "Random seed",
    seedRelease: "Use a fresh seed for every round",
    seedSaved: "Your bets use this seed from now on.",
    seedReleased: "This browser draws a fresh seed for every round.",
    delete: "Delete account",
    deleteLead: "This permanently deletes your profile, chips, bets and history. Rounds stay, without your name.",
    deleteConfirm: "Delete permanently",
    deleted: "Your account has been deleted.",
    memberSince: (/** @type {string} */ day) => `Joined ${day}`,
  },

  signIns: {
    title: "Devices",
    lead: "Your account is signed in on these devices and programs. Changing your password signs the others out.",
    current: "This device",
    unnamed: "Unnamed device",
    used: (/** @type {string} */ when) => `Last used ${when}`,
    end: "Sign out",
    endLabel: (/** @type {string} */ name) => `Sign out ${name}`,
    ended: "The device is signed out.",
    endOthers: "Sign out all other devices",
    endedOthers: "All other devices are signed out.",
  },

  wallet: {
    title: "Wallet",
    balance: "Balance",
    held: "Held in live bets",
    available: "Available",
    bonus: "Claim daily bonus",
    bonusTerms: (/** @type {number} */ amount, /** @type {number} */ below) =>
      `Daily bonus: ${inChips(amount)}, once a day, while your balance is below ${inChips(below)}.`,
    bonusDone: (/** @type {number} */ cents) => `You received ${chips(cents)} chips.`,
    bonusLater: (/** @type {string} */ when) => `You can claim the next bonus ${when}.`,
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
    empty: "No transactions yet.",
    emptyNext: "Every change of your balance will appear here. Place your first bet.",
    emptyFilter: "Nothing matches these filters.",
    clear: "Clear filters",
    categories: /** @type {Record<string, string>} */ ({
      bet: "Stake",
      win: "Payout",
      refund: "Stake returned",
      "top-up": "Top-up",
      "sign-up": "Welcome chips",
      "daily-bonus": "Daily bonus",
    }),
  },

  filters: {
    label: "Filters",
    category: "Type",
    game: "Game",
    from: "From",
    to: "To",
    badDay: "Enter a year from 1970 to 9999.",
  },

  hands: {
    formats: { phh: "PHH", text: "Text" },
    save: (/** @type {string} */ round, /** @type {string} */ format) => `Save ${round} as ${format}`,
  },

  bets: {
    title: "Your bets",
    round: "Round",
    stake: "Stake",
    result: "Result",
    payout: "Payout",
    empty: "No bets yet.",
    emptyNext: "Pick a room and place your first bet.",
    results: /** @type {Record<string, string>} */ ({
      win: "Won",
      loss: "Lost",
      cashout: "Cashed out",
      push: "Stake returned",
      void: "Void",
      refund: "Stake returned",
    }),
  },

  sessions: {
    title: "Your sessions",
    lead: "A session is one stay in a room, from taking a seat to leaving it.",
    number: "Session",
    room: "Room",
    from: "From",
    until: "Until",
    live: "Live",
    empty: "No sessions yet.",
    emptyNext: "Pick a room and take a seat.",
  },

  limits: {
    title: "Limits and breaks",
    lead: "Limit your own play. A lower limit applies at once, a higher one after a day.",
    stake: "Largest stake",
    stakeHint: "In chips, for all that you newly put into one round. Leave empty for no limit of your own.",
    loss: "Largest daily loss",
    lossHint: "In chips. Bets that could exceed it are refused. Days end at midnight UTC. Leave empty for no limit.",
    break: "Take a break until",
    breakHint: "You can’t bet before that day, and you can’t end the break early.",
    save: "Set limits",
    pending: (/** @type {string} */ when) => `A higher limit is pending. It applies from ${when}.`,
    notAnAmount: "Enter an amount in chips, such as 25 or 12.50.",
  },

  user: {
    missing: "There is no player with this name.",
    picture: "Picture (external site)",
    edit: "Edit your profile",
    noBio: "No bio yet.",
  },

  game: {
    missing: "This game does not exist.",
    rules: "Rules",
    limits: "Stakes",
    stakes: (/** @type {number} */ min, /** @type {number} */ max) => `${chips(min)} to ${chips(max)} chips`,
    rtp: "Return to player",
    largest: "Largest payout",
    times: (/** @type {string} */ n) => `${n} times the stake`,
    toRoom: "Go to the room",
    openRoom: "Open a private room",
    alone: "Play",
  },

  session: { missing: "This session has ended or never existed." },

  notFound: { title: "Page not found", lead: "There is no page at this address.", next: "Go to the rooms" },
  broken: {
    title: "Something went wrong",
    lead: "This page failed to load. Try again. If it keeps failing, tell the operator.",
    next: "Reload",
  },
  /** The page of the service worker. */
  offline: {
    title: "No connection",
    lead: "Croupier can’t be reached. Your live bets stay in play: rounds end on the server, with or without you.",
    again: "Try again",
  },
  update: {
    ready: "There is a new version of Croupier.",
    needed: "The server has a new version of Croupier. Reload to go on playing.",
    reload: "Reload",
  },
};

/**
 * Each error code of HTTP and WebSocket, explained to a player: what it means and what to do.
 * @type {Record<string, string>}
 */
export const errors = {
  offline: "You are offline. Try again in a moment.",
  disconnected: "The connection was lost before the server answered. Try again.",
  timeout: "The server did not answer in time. Try again.",
  invalid_credentials: "No account matches. Check both fields.",
  email_not_verified: "Your e-mail address is not confirmed yet.",
  account_inactive: "This account is disabled. If you think this is a mistake, ask the operator.",
  account_locked: "Too many wrong passwords. Wait a while, or reset your password.",
  rate_limited: "Too many requests. Wait a moment and try again.",
  already_registered: "An account with this address or roll number is already active. Sign in instead.",
  username_taken: "This username is taken. Pick another.",
  bets_live: "You have a live bet. Try again after its round.",
  validation_failed: "Check the marked fields.",
  not_found: "Not found.",
  no_such_room: "This room is closed or never existed.",
  token_missing: "Sign in first.",
  token_invalid: "You are no longer signed in. Sign in again.",
  token_expired: "Your session has expired. Sign in again.",
  not_signed_in: "Sign in to play.",
  not_seated: "Take a seat first.",
  invite_needed: "This room is invitation only. Ask its owner for the link.",
  room_full: "Every seat is taken. Watch, or try again soon.",
  betting_closed: "Bets are closed. Bet in the next round.",
  key_conflict: "A different bet was sent under the same key. Place the bet again.",
  insufficient_funds: "You don’t have enough chips. Lower the stake.",
  limit_exceeded: "This exceeds a limit. Lower the stake.",
  stack_too_small: "You left this table with more a short while ago. Bring at least that back.",
  self_excluded: "You’re on a break. You can bet again when it ends.",
  not_your_turn: "It is another player’s turn.",
  illegal_action: "The rules don’t allow that now.",
  paused: "The room is paused and resumes automatically. Your stakes are safe.",
  unavailable: "The server can’t do that right now. Try again soon.",
  internal_error: "The server failed. Try again. If it keeps failing, tell the operator.",
};

/**
 * What to tell the player about an error.
 * @param {unknown} error anything thrown: ApiError, WireError …
 * @returns {string}
 */
export function errorText(error) {
  const { code, message } = /** @type {{code?: string, message?: string}} */ (error ?? {});
  return (code && errors[code]) || message || text.form.failed;
}
