/**
 * The texts in English, by part of the client. A language's file imports nothing: the client waits for it before any other
 * module runs. It gets the formats of its locale and returns the texts.
 */

/** @typedef {{player?: string, move: string, amount: number, to: number, all_in: boolean, cards?: string[]}} LogMove */

/** @typedef {{ title: string, summary: string, rules: string }} Served */

/** Signs of the suits. @type {Record<string, string>} */
const suits = { D: "♦", H: "♥", S: "♠", C: "♣" };

/** @param {import("../format.js").Formats} formats */
export const en = ({
  chips,
  chipsExact,
  dateTime,
  exactMultiplier,
  fixed,
  multiplier,
  number,
  percent,
  signed,
  time,
}) => {
  /** @param {number} n @param {string} one @param {string} many */
  const count = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

  /** An amount with its unit: `12.5 chips`. @param {number} cents */
  const inChips = (cents) => `${chips(cents)} ${cents === 100 ? "chip" : "chips"}`;

  /** @param {string} number */
  const seconds = (number) => `${number} s`;

  /** A time span: `3.4 s`, `3 min`. @param {number} ms */
  const span = (ms) => {
    if (ms < 60_000) return seconds(fixed(Math.max(0, ms) / 1000, 1));
    if (ms < 3_600_000) return `${number(Math.round(ms / 60_000))} min`;
    if (ms < 86_400_000) return `${number(Math.round(ms / 3_600_000))} h`;
    return `${number(Math.round(ms / 86_400_000))} d`;
  };

  // ======== the shell, the lobby and the account pages ========

  const shell = {
    yes: "yes",
    no: "no",
    plainNot: (/** @type {string} */ name) => `Not ${name}`,
    name: "Croupier",
    skip: "Skip to the content",
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
      language: "Language",
      theme: "Theme",
      settings: "Language, theme and sounds",
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

    announcement: {
      label: "Announcement",
      spoken: (/** @type {string} */ text) => `Announcement: ${text}`,
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
      watching: (/** @type {number} */ n) => `${number(n)} watching`,
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
      bad: "This link is incomplete, expired or already used. Links work once, within 48 hours. If you have used it, sign in.",
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
      more: (/** @type {number} */ n) => `and ${number(n)} more`,
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
      name: (/** @type {string} */ browser, /** @type {string} */ system) => `${browser} on ${system}`,
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
  const errors = {
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
    bad_request: "The server could not take this. Check what you have entered.",
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
    muted: "You can’t chat: the operator has muted you.",
    not_your_turn: "It is another player’s turn.",
    illegal_action: "The rules don’t allow that now.",
    paused: "The room is paused and resumes automatically. Your stakes are safe.",
    unavailable: "The server can’t do that right now. Try again soon.",
    internal_error: "The server failed. Try again. If it keeps failing, tell the operator.",
  };

  // ======== card tables ========

  /** @type {Record<string, string>} */
  const ranks = {
    2: "two",
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    T: "ten",
    J: "jack",
    Q: "queen",
    K: "king",
    A: "ace",
  };

  /** @type {Record<string, string>} */
  const suitNames = { D: "diamonds", H: "hearts", S: "spades", C: "clubs" };

  const cards = {
    /** `SA` → “ace of spades”. @param {string} card */
    name: (card) => `${ranks[card[1]]} of ${suitNames[card[0]]}`,
    faceDown: "face down",
    empty: (/** @type {number} */ seat) => `Seat ${seat + 1}, free`,
    you: "you",
    away: "away",
    seconds: (/** @type {number} */ n) => `${n} s`,
  };

  // ======== rooms, betting and proofs ========

  /** Why a room pauses. @type {Record<string, string>} */
  const pausedReasons = {
    game: "The room is paused: its game has a fault. Your stakes are safe. It tries again automatically.",
    database: "The room is paused: the database is unavailable. Your stakes are safe. It resumes automatically.",
    redis: "The room is paused: the servers can’t reach each other. Your stakes are safe. It resumes automatically.",
    closing:
      "The owner is closing this room. The current round is played to its end with shorter turns, and no more bets are taken.",
  };

  const room = {
    // ---- the page ----
    page: {
      back: "Back to the rooms",
      sitting: "Taking a seat…",
      sit: "Take a seat",
      stand: "Leave seat",
      standHint: "A live bet stays in until its round ends.",
      session: (/** @type {string} */ player) => `You are watching ${player} play.`,
      full: "Every seat is taken. You’re watching.",
      share: "Invite to watch",
      shared: "Link copied.",
      shareFailed: "Copy this link:",
      spectators: (/** @type {number} */ n) => `${number(n)} watching`,
      players: (/** @type {number} */ n) => count(n, "player"),
      plays: (/** @type {string} */ player, /** @type {string} */ game, /** @type {number} */ cents) =>
        `${player} is playing ${game}${cents > 0 ? `, ${inChips(cents)}` : ""}`,
      missed: (/** @type {number} */ rounds, /** @type {number} */ change) =>
        `While you were away, ${count(rounds, "round")} ended. ` +
        (change ? `Your balance changed by ${signed(change)}.` : "Your balance is unchanged."),
      gotIt: "Got it",
      intro: (/** @type {string} */ summary) => `${summary} You are watching. Watching is free.`,
      inviteLead: "Watching is free and needs no account. To play, sign up: you start with chips.",
      invites: (/** @type {string} */ owner, /** @type {string} */ game) => `${owner} invites you to play ${game}.`,
      signUp: "Sign up",
      signIn: "Sign in",
      rules: "Rules",
      table: "The game",
      again: "Open a new room",
    },

    paused: (/** @type {string} */ reason) =>
      pausedReasons[reason] ?? `The room is paused (${reason}). It resumes automatically.`,
    closed: "This room is closed.",
    closedRoom: {
      title: "Final results",
      rounds: (/** @type {number} */ n) => `Of the ${count(n, "round")} that you saw here`,
    },
    alerts: {
      turn: "Your turn",
      closing: (/** @type {number} */ seconds) => `Bets close in ${seconds} s`,
    },
    offline: "No connection. Your live bets stay in play and end by the rules. You can act again when you reconnect.",
    connecting: "Connecting…",
    signedOut: "You are signed out. Sign in again to keep playing. Your live bets stay in.",
    voided: (/** @type {string} */ number) => `Round ${number} was void. All stakes were returned.`,

    strip: {
      label: "Past rounds, newest first",
      empty: "Past rounds will appear here.",
      open: (/** @type {string} */ round, /** @type {string} */ result) => `Round ${round}: ${result}. Open its proof`,
    },

    fairness: {
      badge: "Provably fair",
      title: "The outcome is already fixed on the server’s side",
      lead:
        "The server chose its secret seed before the first bet. Below is the hash of that seed. After the round, the " +
        "server reveals the seed, and anyone can check that it matches the hash and that the outcome follows from it " +
        "and the players’ seeds.",
      later: (/** @type {number} */ hours) =>
        `In this room the server reveals the seed ${count(hours, "hour")} after the hand, so that folded cards stay ` +
        "hidden until then.",
      round: "Round",
      hash: "Hash of the server seed",
      seed: "Your client seed",
      seedFresh: "Drawn in this browser for this round, after the hash above arrived.",
      seedFixed: "You have fixed it: it is the same in every round.",
      seedElsewhere:
        "The one that counted with your first bet, which this page did not send. The round’s proof shows it.",
      seedChange: "Change this",
      last: (/** @type {string} */ round) => `Check round ${round}`,
      none: "No round is open.",
      close: "Close",
    },

    chat: {
      title: "Chat",
      empty: "No messages yet. Say hello.",
      emptyWatching: "No messages yet.",
      label: "Message",
      placeholder: "Say something",
      send: "Send",
      watching: "Take a seat to chat.",
    },

    people: {
      title: "Bets",
      label: "Bets in this round, largest first",
      empty: "No bets yet. Place the first one.",
      emptyWatching: "No bets in this round yet.",
      here: "Here now",
      you: "you",
      away: "away",
      total: (/** @type {number} */ bets, /** @type {number} */ cents) => `${count(bets, "bet")}, ${inChips(cents)}`,
      more: (/** @type {number} */ n) => `and ${count(n, "more bet")}`,
      lost: "lost",
      recent: "Last results",
      recentEmpty: "Your results will appear here.",
      recentWatching: "Results will appear here.",
      round: "Round",
      outcome: "Outcome",
      stake: "Stake",
      net: "Net",
    },

    keys: {
      title: "Keyboard shortcuts",
      open: "Shortcuts",
      enter: "Place the bet",
      space: "Cash out",
      help: "Show or hide this list",
      half: "Halve the stake",
      double: "Double the stake",
      close: "Close",
      names: /** @type {Record<string, string>} */ ({
        Enter: "Enter",
        " ": "Space",
        ArrowLeft: "←",
        ArrowRight: "→",
        ArrowUp: "↑",
        ArrowDown: "↓",
      }),
    },

    // ---- betting ----
    bet: {
      title: "Your bet",
      stake: "Stake",
      unit: "chips",
      half: "Halve the stake",
      double: "Double the stake",
      min: "Smallest stake",
      max: "Largest possible stake",
      minShort: "min",
      maxShort: "max",
      place: "Place bet",
      placing: "Placing…",
      another: (/** @type {number} */ n, /** @type {number} */ most) => `Add bet ${n} of ${most}`,
      placed: (/** @type {number} */ cents) => `${inChips(cents)} in. Waiting for the round to start`,
      full: "All your bets are in",
      cashing: "Cashing out…",
      next: "Bet on the next round",
      queued: (/** @type {number} */ cents) => `Betting ${inChips(cents)} when bets open`,
      unqueue: "Cancel bet",
      notAnAmount: "Enter an amount in chips, such as 25 or 12.50.",
      tooSmall: (/** @type {number} */ cents) => `The smallest stake is ${inChips(cents)}.`,
      tooLarge: (/** @type {number} */ cents) => `The largest stake is ${inChips(cents)}.`,
      ownLimit: (/** @type {number} */ limit, /** @type {number} */ staked) =>
        `You have set yourself a limit of ${inChips(limit)} per round.` +
        (staked ? ` ${inChips(staked)} are in this round already.` : ""),
      returned: (/** @type {number} */ cents, /** @type {string} */ message) =>
        `Your ${inChips(cents)} could not stay in the game and are in your wallet again. ${message}`,
      bringBack: (/** @type {number} */ cents, /** @type {string | number} */ until, /** @type {any} */ left) =>
        `You left with ${inChips(cents)}: bring at least that back until ${time(until)}.` +
        (left === null ? "" : ` You have ${inChips(left)} available.`),
      tooPoor: (/** @type {number} */ cents) => `You have ${inChips(cents)} available.`,
      rounded: (/** @type {number} */ lowest, /** @type {number} */ highest) => {
        const returns = [...new Set([percent(lowest), percent(highest)])].join(" to ");
        return `At this stake, ${returns} is paid back in the long run: payouts are rounded down to whole cents.`;
      },
      round: (/** @type {string} */ number) => `Round ${number}`,
      won: (/** @type {number} */ payout, /** @type {number} */ net) => `Paid ${chipsExact(payout)} (${signed(net)})`,
      lost: (/** @type {number} */ net) => `Lost (${signed(net)})`,
      even: "Stake returned (0.00)",
      bigWin: "Big win",
      bigWon: (/** @type {number} */ payout, /** @type {number} */ net) =>
        `Big win! Paid ${chipsExact(payout)} (${signed(net)})`,
      saidIn: (/** @type {number} */ cents) => `Your bet is in: ${inChips(cents)}.`,
      refunded: (/** @type {number} */ cents) => `Void: ${inChips(cents)} returned`,
      mine: "Your bets in this round",
      yours: "Your bet",
      tooLate: "Too late: the round is over.",
    },

    /** The announcement of the player’s own result. @param {number} payout @param {number} net @param {boolean} big */
    announced: (payout, net, big) =>
      (big ? "Big win! " : "") +
      (payout > 0 ? `You were paid ${inChips(payout)}, net ${signed(net)}.` : `You lost ${inChips(-net)}.`),

    // ---- the end of a bet in a single-player game ----
    ended: {
      word: { win: "Won", loss: "Lost", "": "" },
      won: (/** @type {number} */ payout, /** @type {number} */ net) =>
        `Cashed out: ${chipsExact(payout)} (${signed(net)})`,
      back: "Stake returned",
      over: "Round over",
    },

    // ---- a game without a face of its own ----
    plain: {
      last: "Last round",
      /** @type {Record<string, string>} */
      phases: {
        betting: "Bets are open",
        settling: "Round over",
        ended: "Round over",
        void: "Round void",
      },
      /** @type {Record<string, string>} */
      clocks: { closes_at: "Bets close in", until: "Time left" },
      clock: (/** @type {string} */ name) => `${name} in`,
      yourTurn: "Your turn",
      turnOf: (/** @type {string} */ player) => `${player}’s turn`,
      seat: (/** @type {number} */ seat) => `Seat ${seat + 1}`,
      stakes: (/** @type {number} */ least, /** @type {number} */ most) =>
        `Stakes from ${inChips(least)} to ${inChips(most)}.`,
      fixed: (/** @type {number} */ cents) => `The stake is ${inChips(cents)}.`,
      between: (/** @type {string} */ least, /** @type {string} */ most) => `${least} to ${most}`,
      atLeast: (/** @type {string} */ least) => `${least} or more`,
      list: "Numbers, separated by commas",
      placed: (/** @type {number} */ cents) => `${inChips(cents)} in`,
      full: "Your bet is in",
      wait: "Wait for the next round",
      moves: "Moves",
      chips: "chips",
    },

    // ---- how others get in ----
    ways: {
      open: "QR code",
      title: "Join this room",
      qr: (/** @type {string} */ address) => `QR code of ${address}`,
      byCode: (/** @type {string} */ address) => `Or go to ${address} and type`,
      screen: "Show on a big screen",
      close: "Close",
    },

    // ---- proofs ----
    proof: {
      title: (/** @type {string} */ round) => `Round ${round}`,
      loading: "Loading and recomputing the round…",
      missing: "There is no round with this name.",
      failed: "The round could not be loaded.",
      open: "This round is not over. Its seed is revealed when it is settled. The hash below is already fixed.",
      void: "This round was void. All stakes were returned, and its seed was not revealed.",
      holds: "Verified in your browser: everything matches.",
      fails: "Checked in your browser: something does not match.",
      later: (/** @type {string} */ when) =>
        `Checked in your browser: nothing is wrong so far. The server seed is published on ${when}, so that folded cards ` +
        "stay hidden until then. The rest can be checked after that.",
      partly: "Checked in your browser: what could be checked matches, but not everything could be checked.",
      insecure:
        "This browser computes hashes only on https or localhost. Download the round and check it with “run.py verify”.",
      checks: "What was checked",
      ok: "passed",
      bad: "failed",
      unknown: "not checked",
      pending: "not yet",
      seeds: "The seeds",
      serverSeed: "Server seed",
      serverSeedSecret: "secret until the round is settled",
      serverSeedLater: (/** @type {string} */ when) => `not yet published; it will be on ${when}`,
      hash: "Hash of the server seed, published before the first bet",
      clientSeed: "Client seeds, in the order of first bets",
      noClientSeed: "none: there were no bets",
      nonce: "Nonce, the round’s number in its room",
      outcome: "Outcome",
      bets: "Bets",
      noBets: "There were no bets in this round.",
      bet: "Bet",
      player: "Player",
      gone: (/** @type {number | null} */ seat) =>
        seat === null ? "account deleted" : `seat ${seat}, account deleted`,
      not: "not",
      stake: "Stake",
      selection: "Selection",
      result: "Result",
      payout: "Payout",
      journal: "Journal: what happened, in order",
      journalEmpty: "Nothing happened.",
      when: "After opening",
      share: "Copy link",
      copied: "Link copied.",
      previous: "Previous round",
      next: "Next round",
      room: "Go to the room",
      how: "How it works",
      howText:
        "The commitment is the SHA-256 hash of the server seed’s text. Draws come from HMAC-SHA256 with the server " +
        "seed as the key over “client seed:nonce:block”. Every four bytes make one number from 0 to 1. The outcome and the " +
        "payouts follow from these numbers and from the journal above.",
      limits:
        "What this does not prove: in a round with several bettors, a dishonest house could bet last under another " +
        "name and try several client seeds. This is true of every site that uses this scheme. And a house that knows a " +
        "client seed beforehand, because it is fixed or belongs to a stack that stayed on the table, could choose its own " +
        "seed by it.",
      results: /** @type {Record<string, string>} */ ({
        win: "won",
        loss: "lost",
        cashout: "cashed out",
        push: "stake returned",
        void: "void",
        refund: "stake returned",
      }),
      journalBet: (/** @type {string} */ who, /** @type {number} */ n, /** @type {number} */ cents) =>
        `${who} placed bet ${n}: ${inChips(cents)}`,
      journalAct: (/** @type {string} */ who, /** @type {string} */ action) => `${who}: ${action}`,
      journalLeave: (/** @type {string} */ who) => `${who} left`,
      seat: (/** @type {number} */ seat) => `Seat ${seat + 1}`,
      hand: "The hand",
      handHint: "Cards that were not shown stay hidden here, also after the seed is published. Your own are yours.",
      journalShortenTurns: (/** @type {number} */ s) => `The room closes: no turn lasts longer than ${s} s`,
      journalWake: "Time advanced the round",
      journalWakes: (/** @type {number} */ n) => `Time advanced the round ${number(n)} times`,
    },

    /** What each check checks. @type {Record<string, string>} */
    checks: {
      commitment: "The server seed matches the hash published before the bets",
      client_seed: "The client seed joins the bettors’ seeds in the order of their first bets",
      nonce: "The nonce is the round’s number in its room",
      outcome: "The outcome follows from the seeds",
      record: "The recorded bets match the journal",
      results: "Each bet’s result and payout follow from the outcome and the journal",
      ledger: "The ledger moved each stake and each payout exactly once",
      digest: "The document has not been changed",
    },

    differs: (/** @type {string} */ found, /** @type {string} */ told) => `Computed: ${found}. Recorded: ${told}.`,
    seedsOf: (/** @type {number} */ n) =>
      n === 0 ? "Empty, because there were no bets." : `From ${count(n, "bettor")}.`,
    notInJournal: (/** @type {string} */ bet) => `${bet} is not in the journal with this selection.`,
    betsOnRecord: (/** @type {number} */ n, /** @type {number} */ gone) =>
      `${count(n, "bet")}${gone > 0 ? `; ${gone} more belonged to accounts that were deleted` : ""}.`,
    wrongResult: (
      /** @type {{bet: string, result: string, payout: number}} */ told,
      /** @type {{result: string, payout: number} | null} */ found,
    ) =>
      `${told.bet} recorded: ${told.result}, ${chipsExact(told.payout)}. ` +
      `Computed: ${found ? `${found.result}, ${chipsExact(found.payout)}` : "no such bet"}.`,
    resultsHold: (/** @type {number} */ n) => `${count(n, "bet")} recomputed.`,
    noLedger: "The server sent no ledger rows.",
    wrongLedger: (/** @type {string} */ bet) => `The ledger rows of ${bet} do not match its stake and payout.`,
    ledgerHolds: (/** @type {number} */ staked, /** @type {number} */ paid) =>
      `Staked ${chipsExact(staked)}, paid ${chipsExact(paid)}.`,
    brokenJournal: (/** @type {string} */ why) => `The journal is inconsistent: ${why}`,
    unknownGame: (/** @type {string} */ game) =>
      `This browser does not know the rules of ${game}. Use “run.py verify”.`,
    seedNotShown: "The server has not revealed its seed.",
    notYet: "Not yet: this needs the server seed.",
    leftOut: (/** @type {string} */ members) => `The digest leaves out ${members}.`,
  };

  // ======== private rooms: on their tiles, in the form that opens one, and in the room ========

  /** Labels of game options. Other options are labelled by their names. @type {Record<string, string>} */
  const optionLabels = {
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

  const privateRooms = {
    // ---- in the lobby ----
    title: "Private rooms",
    lead: "Rooms that players open on their own terms.",
    open: "Open a room",
    join: "Join with a code",
    empty: "No private rooms are open.",
    emptyNext: "Open one and invite others.",
    of: (/** @type {string} */ owner) => `by ${owner}`,
    seats: (/** @type {number} */ taken, /** @type {number} */ seats) =>
      `${number(taken)} of ${count(seats, "seat")} taken`,
    sit: "Join",
    terms: "Room terms",
    noInvite: "Invitation only",
    watch: /** @type {Record<string, string>} */ ({
      invited: "Only invited players can watch",
      nobody: "No spectators",
    }),
    late: (/** @type {number} */ seconds) => `Spectators see it ${count(seconds, "second")} late`,
    blinds: "Blinds",
    buyIn: "Buy-in",
    option: (/** @type {string} */ name) =>
      optionLabels[name] ??
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
      seatsHint: (/** @type {number} */ least, /** @type {number} */ most) => `${least} to ${number(most)}`,
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
        "received, or sign in.",
      wrongInvite: "The invitation in this link is wrong or incomplete. Open the full link that you received.",
    },
  };

  // ======== blackjack ========

  const blackjackTile = {
    title: "Blackjack",
    results: "Dealer’s hands",

    // ---- past rounds in short ----
    blackjack: "Blackjack",
    bust: "Bust",
    none: "–",

    // ---- the lobby tile ----
    open: "Waiting",
    waiting: "Cards are dealt soon after the first bet",
    deals: "until the cards are dealt",
    dealer: (/** @type {number} */ total) => (total === 11 ? "Ace" : String(total)),
    playing: (/** @type {number} */ hands) => `Dealer’s card against ${hands} ${hands === 1 ? "hand" : "hands"}`,
    over: "Dealt",
    between: "The next round is about to open",
  };

  const blackjackFace = {
    dealer: "Dealer",
    seats: "The players’ hands, in playing order",
    printed: "Blackjack pays 3 to 2 · Dealer stands on 17 · Insurance pays 2 to 1",

    // ---- where the round stands ----
    waiting: "Waiting for the first bet",
    dealing: "Bets are open",
    insurance: "Insurance?",
    due: "Your turn",
    dueInsurance: "Insurance?",
    turnOf: (/** @type {string} */ player) => `${player} to play`,
    yourTurn: "Your turn",
    settling: "The dealer draws…",
    between: "The next round is about to open",

    // ---- hands ----
    place: "Your hand",
    insured: (/** @type {number} */ cents) => `Insured ${chips(cents)}`,
    total: (/** @type {number} */ total, /** @type {boolean} */ soft) =>
      soft && total < 21 ? `${total - 10}/${total}` : String(total),
    spokenTotal: (/** @type {number} */ total, /** @type {boolean} */ soft) => (soft ? `soft ${total}` : String(total)),
    doubled: "doubled",
    /** @type {Record<import("../faces/blackjack/hand.js").Verdict, string>} */
    verdicts: { blackjack: "Blackjack", win: "Win", push: "Push", loss: "Lost", bust: "Bust" },
    net: signed,

    // ---- announcements ----
    saidTurn: (/** @type {string} */ mine, /** @type {string} */ dealer) =>
      `Your turn. You have ${mine} against ${dealer}.`,
    saidInsurance: "The dealer shows an ace. Do you want insurance?",
    saidDealer: (/** @type {string} */ words) => `${words}.`,
    saidHand: (/** @type {string} */ total, /** @type {string} */ verdict) => `Your ${total}: ${verdict}.`,

    // ---- how it ended ----
    dealerHas: (/** @type {number} */ total) => `Dealer has ${total}`,
    dealerBust: (/** @type {number} */ total) => `Dealer busts with ${total}`,
    dealerBlackjack: "Dealer has blackjack",

    // ---- the panel ----
    bet: "Place bet",
    placing: "Placing…",
    placed: (/** @type {number} */ cents) => `Your bet of ${chips(cents)} is in. Cards are dealt when betting closes`,
    queue: "Bet on the next round",
    queued: (/** @type {number} */ cents) => `Betting ${chips(cents)} when bets open`,
    inPlay: (/** @type {number} */ cents, /** @type {string} */ player) =>
      `${chips(cents)} in play${player && `. Waiting for ${player}`}`,
    yours: "Your move",
    /** @type {Record<string, string>} */
    moves: { hit: "Hit", stand: "Stand", double: "Double", split: "Split", insure: "Insure", decline: "No insurance" },
    more: (/** @type {number} */ cents) => `+${chips(cents)}`,

    // ---- keys ----
    keys: {
      hit: "Hit: one more card",
      stand: "Stand",
      double: "Double the bet and take one card",
      split: "Split a pair",
      insure: "Take insurance",
      decline: "No insurance",
    },
  };

  const blackjackProof = {
    over: "It continues after the end of the round.",
    order: "Its times run backwards.",
    open: "It stops before the end of the round.",
    /** @param {number} number */
    lateBet: (number) => `Bet ${number} came after bets were closed.`,
    /** @param {number} seat */
    secondBet: (seat) => `Seat ${seat} bet twice.`,
    /** @param {number} number */
    noStake: (number) => `The stake of bet ${number} is not a whole number of cents.`,
    /** @param {string} name @param {number} seat */
    move: (name, seat) => `Seat ${seat} could not ${name} at that time.`,
  };

  // ======== coin duel ========

  const coinduelFace = {
    title: "Coin duel",
    results: "The coin showed",
    sides: /** @type {Record<string, string>} */ ({ heads: "Heads", tails: "Tails" }),
    withdrawn: "withdrawn",
    stakeBack: "stake returned",

    // ---- the lobby tile ----
    call: "Take it",
    open: (/** @type {string} */ side) => `on ${side}: take the other side`,
    none: "No open challenge",
    noneHint: "Make one for others to take",

    // ---- the face ----
    coin: "The coin",
    free: "Open",
    freeHint: "Waiting for an opponent",
    you: "(you)",
    wins: (/** @type {number} */ cents) => `wins ${chipsExact(cents)}`,
    loses: "loses",
    waiting: "Choose a stake and a side to make a challenge.",
    watching: "No challenge yet.",
    stands: (/** @type {string} */ player, /** @type {number} */ cents, /** @type {string} */ side) =>
      `${player} stakes ${inChips(cents)} on ${side} and needs an opponent.`,
    drawn: (/** @type {string} */ side) => `${coinduelFace.sides[side]}!`,
    drawnBefore: (/** @type {string} */ side) => `The last coin showed ${side}.`,
    tookBack: (/** @type {string} */ player) => `${player} withdrew the challenge.`,
    tookBackBefore: "The last challenge was withdrawn.",
    said: (/** @type {string} */ side, /** @type {string} */ player) => `${coinduelFace.sides[side]}. ${player} wins.`,

    taken: "Your challenge was taken",

    // ---- the panel ----
    side: "Your side",
    pays: "A win pays",
    rake: (/** @type {number} */ rake) => `less ${rake / 100} %`,
    challenge: "Challenge",
    placing: "Placing…",
    mine: (/** @type {number} */ cents, /** @type {string} */ side) =>
      `Your open challenge: ${inChips(cents)} on ${side}.`,
    mineHint: "It stays open until someone takes it. Leaving withdraws it.",
    withdraw: "Withdraw",
    withdrawing: "Withdrawing…",
    offer: (/** @type {string} */ player, /** @type {number} */ cents, /** @type {string} */ side) =>
      `${player} stakes ${inChips(cents)} on ${side}.`,
    offerHint: (/** @type {string} */ side) => `Stake the same amount to take ${side}.`,
    take: (/** @type {number} */ cents, /** @type {string} */ side) => `Take it: ${chips(cents)} on ${side}`,

    keys: { heads: "Choose heads", tails: "Choose tails", withdraw: "Withdraw the challenge" },
  };

  const coinduelProof = {
    ownChallenge: "A player took their own challenge.",
    stakes: "The two stakes differ.",
    sides: "Both players have the same side.",
    noSide: "The challenge does not name a side of the coin.",
    over: "It continues after the end of the round.",
    withdrawn: "A player withdrew another player’s challenge.",
    open: "It stops before the end of the round.",
  };

  // ======== crash ========

  const crashFace = {
    title: "Crash",
    results: "Crashed at",
    auto: "Auto cash-out at",
    autoNone: "off",
    autoBad: "Enter 1.01 to 1,000,000 with at most two decimals, or nothing.",
    crashed: "Crashed",
    crashedNext: (/** @type {string} */ seconds) => `Crashed. Next round in ${seconds} s`,
    starting: "Place your bets",
    about: "Starting",
    waiting: "Waiting for the next round",
    running: "Climbing",
    stalled: "Waiting for the server…",
    picture: "Multiplier curve",
    saidBetting: "Bets are open.",
    saidRunning: "The multiplier is climbing.",
    saidEnded: (/** @type {number} */ point) => `Crashed at ${multiplier(point)}.`,
    tooLate: (/** @type {number} */ point) => `Too late: it crashed at ${multiplier(point)}.`,
    cashedAt: (/** @type {number} */ value, /** @type {number} */ payout) =>
      `Cashed out at ${multiplier(value)}: ${inChips(payout)}.`,
    autoAt: (/** @type {number} */ value) => `auto at ${multiplier(value)}`,
    cashOutBet: (/** @type {number} */ cents) => `Cash out the bet of ${inChips(cents)}`,
  };

  // ======== dice ========

  const diceFace = {
    title: "Dice",
    roll: "Roll",
    rolling: "Rolling…",
    over: "Over",
    under: "Under",
    side: "Win when the roll is",
    target: "Target",
    chance: "Win chance",
    multiplier: "Multiplier",
    pays: "A win pays",
    slider: "Roll target",
    waiting: "Your roll will appear here",
    targetBad: (/** @type {string} */ from, /** @type {string} */ to) => `Enter ${from} to ${to}.`,
    chanceBad: "Enter 0.01 to 99 %.",
    multiplierBad: "Enter a number above 1, up to 9,900.",
    rolled: (/** @type {number} */ roll) => `Rolled ${fixed(roll, 2)}.`,
    keys: { less: "Lower the target", more: "Raise the target", over: "Win on over", under: "Win on under" },
  };

  // ======== hi-lo ========

  const hiloTile = {
    title: "Hi-Lo",
    /** `HT` → `♥10`. U+FE0E keeps the suit from becoming an emoji. @param {string} card */
    short: (card) => `${suits[card[0]]}\uFE0E${card[1] === "T" ? "10" : card[1]}`,
  };

  const hiloFace = {
    // ---- the table ----
    row: "Cards so far, newest first",
    start: "Place a bet to deal a card.",
    watching: "The next bet deals the next card.",
    worth: "Worth",
    after: /** @type {Record<string, string>} */ ({ bet: "first", higher: "higher", lower: "lower", skip: "skipped" }),
    lost: "Wrong. The bet is lost",
    saidDealt: (/** @type {string} */ card) => `The ${cards.name(card)}.`,
    saidRight: (/** @type {string} */ card, /** @type {number} */ value) =>
      `The ${cards.name(card)}: right. Worth ${exactMultiplier(value)}.`,
    saidWrong: (/** @type {string} */ card) => `The ${cards.name(card)}: wrong.`,

    // ---- the panel ----
    place: "Place bet",
    placing: "Placing…",
    moves: "Your guess",
    higher: "Higher",
    lower: "Lower",
    orSame: "or the same",
    chance: (/** @type {number} */ ranks) => `${fixed((100 * ranks) / 13, 1)} %`,
    skip: "Skip",
    cashOut: "Cash out",
    takeBack: "Take back",

    keys: { higher: "Guess higher", lower: "Guess lower", skip: "Skip the card", cashOut: "Cash out" },
  };

  const hiloProof = {
    noBet: "There is no bet.",
    early: "A guess was made before the bet.",
    secondBet: "There is a second bet.",
    unknown: (/** @type {unknown} */ action) => `There is no move “${action}”.`,
    over: "Something happened after the end.",
    open: "The round has no end.",
  };

  // ======== hold'em ========

  const holdemTile = {
    title: "Texas hold'em",
    results: "Winning hands",
    /** @type {Record<string, string>} */
    streets: {
      preflop: "Preflop",
      flop: "Flop",
      turn: "Turn",
      river: "River",
      showdown: "Showdown",
      settling: "Hand over",
      ended: "Hand over",
    },

    // ---- past hands in short ----
    /** What the server calls a hand, such as “Two pair”. */
    handName: (/** @type {string} */ name) => name,
    fold: "No showdown",
    none: "–",

    // ---- the lobby tile ----
    open: "Waiting",
    waiting: "A hand starts with two players",
    starts: "until the next hand",
    pot: (/** @type {number} */ cents) => `Pot ${chips(cents)}`,
  };

  /** @param {string[]} names */
  const and = (names) => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);

  /** `DT` → `10♦`. @param {string} card */
  const cardOf = (card) => `${card[1] === "T" ? "10" : card[1]}${suits[card[0]]}`;

  /** @type {Record<string, string>} */
  const holdemMoves = {
    small_blind: "Small blind",
    big_blind: "Big blind",
    post: "Posts",
    post_dead: "Posts",
    fold: "Fold",
    check: "Check",
    call: "Call",
    bet: "Bet",
    raise: "Raise to",
  };

  const holdemFace = {
    seats: "The seats, clockwise",
    board: "The board",
    blinds: (/** @type {number} */ small, /** @type {number} */ big) => `Blinds ${chips(small)} / ${chips(big)}`,

    // ---- where the hand stands ----
    streets: holdemTile.streets,
    /** @param {number} out how many players with chips sit out */
    waiting: (out) =>
      out > 0
        ? `Waiting: ${count(out, "player sits out", "players sit out")}`
        : "The next hand needs two players with chips",
    starting: "Next hand in",
    between: "Between hands",
    pot: (/** @type {number} */ cents) => `Pot ${chips(cents)}`,
    mainPot: (/** @type {number} */ cents) => `Main ${chips(cents)}`,
    sidePot: (/** @type {number} */ n, /** @type {number} */ cents) => `Side ${n}: ${chips(cents)}`,
    wins: (/** @type {string[]} */ names, /** @type {number} */ cents, /** @type {string} */ hand) =>
      `${and(names)} ${names.length > 1 ? "share" : "wins"} ${chips(cents)}${hand ? ` with ${hand.toLowerCase()}` : ""}`,

    // ---- seats ----
    dealer: "Dealer button",
    dealerShort: "D",
    /** @type {Record<string, string>} */
    states: { folded: "folded", all_in: "all-in", sitting_out: "sits out", in: "", waiting: "" },
    noChips: "no chips",
    /** What a seat did last, in few characters. */
    last: (
      /** @type {{move: string, amount: number, to: number, all_in: boolean}} */ { move, amount, to, all_in: allIn },
    ) => {
      if (allIn && move !== "fold") return `All-in ${chips(to)}`;
      const amounts = { call: amount, post_dead: amount };
      const cents = amounts[/** @type {"call"} */ (move)] ?? to;
      return move === "fold" || move === "check" ? holdemMoves[move] : `${holdemMoves[move]} ${chips(cents)}`;
    },
    won: (/** @type {number} */ cents) => `+${chips(cents)}`,
    staked: (/** @type {string} */ player, /** @type {number} */ cents) => `${player} has staked ${chips(cents)}`,
    bank: "time bank",
    net: signed,

    // ---- the tab's title ----
    due: "Your turn",
    dueToCall: (/** @type {number} */ cents) => `Your turn: ${chips(cents)} to call`,

    // ---- announcements ----
    saidMove: (/** @type {LogMove} */ move) => `${holdemFace.logMove(move)}.`,
    saidAhead: (/** @type {string} */ words) => `${words} is set for your turn. Press it again to cancel.`,
    saidAheadDropped: "Your move in advance is cancelled.",
    saidShow: "You need not show your cards. Show them, or muck.",
    saidTurn: (/** @type {number} */ call) =>
      call > 0 ? `Your turn: ${chips(call)} to call.` : "Your turn: you can check.",
    saidHole: (/** @type {string[]} */ cards) => `Your cards: ${and(cards)}.`,
    saidBoard: (/** @type {string} */ street, /** @type {string[]} */ cards) => `${street}: ${and(cards)}.`,
    said: (/** @type {string} */ words) => `${words}.`,
    saidNet: (/** @type {number} */ net) => `You ${net > 0 ? "won" : "lost"} ${chips(Math.abs(net))} in this hand.`,

    // ---- the panel: chips ----
    buyIn: "Buy in",
    buyInFor: "Chips to bring to the table",
    buyInHint: (/** @type {number} */ least, /** @type {number} */ most) =>
      `From ${chips(least)} to ${chips(most)}. Leave your seat to take them with you.`,
    bringsBack: (/** @type {number} */ cents, /** @type {number} */ left, /** @type {number} */ until) =>
      `You left with ${chips(cents)} chips at ${time(left)}. Bring at least that until ${time(until)}.`,
    topUpHint: (/** @type {number} */ most) => `At most ${chips(most)} more, from the next hand on.`,
    tooSmall: (/** @type {number} */ cents) => `At least ${chips(cents)}.`,
    tooLarge: (/** @type {number} */ cents) => `At most ${chips(cents)}.`,
    notAnAmount: "Enter an amount in chips, such as 25 or 12.50.",
    tooPoor: (/** @type {number} */ cents) => `You have ${chips(cents)} available.`,
    buying: "Buying…",
    queue: "Buy in for the next hand",
    queued: (/** @type {number} */ cents) => `Buying ${chips(cents)} after this hand`,
    unqueue: "Cancel",
    topUp: "Add chips",
    stack: "Your stack",
    sitOut: "Sit out",
    sitIn: "I’m back",
    post: (/** @type {number} */ cents) => `Post ${chips(cents)} and play`,
    owes: "You are dealt in when the big blind reaches you, or as soon as you post it.",
    posts: "You post as soon as your seat is left of the big blind and not yet the button.",
    leaveHint: "To take your chips with you, leave your seat.",
    out: "You are sitting out.",
    yours: "Your move",
    waitingFor: (/** @type {string} */ player) => `Waiting for ${player}`,
    nextHand: "You are in for the next hand.",
    folded: "You are out of this hand.",
    foldedOut: "You are out of this hand, and sit out the next ones.",
    allIn: "You are all-in.",
    dealing: "The last cards are dealt.",
    hand: (/** @type {string} */ number) => `Hand ${number}`,
    even: "0.00",

    // ---- the panel: moves ----
    fold: "Fold",
    check: "Check",
    call: (/** @type {number} */ cents) => `Call ${chips(cents)}`,
    raiseTo: (/** @type {number} */ cents) => `Raise to ${chips(cents)}`,
    betTo: (/** @type {number} */ cents) => `Bet ${chips(cents)}`,
    allInTo: (/** @type {number} */ cents) => `All-in ${chips(cents)}`,
    openRaise: "Raise…",
    openBet: "Bet…",
    back: "Back",
    raiseLabel: "Raise to",
    betLabel: "Bet",
    slider: "Raise amount",
    presets: { min: "Min", half: "½ pot", pot: "Pot", all: "All-in" },
    spokenPresets: { min: "the smallest raise", half: "half the pot", pot: "the pot", all: "all your chips" },

    // ---- the panel: moves in advance, and showing cards ----
    aheadLabel: "On your turn",
    ahead: {
      /** @returns {string} */
      check_fold: (/** @type {number} */ cost) => (cost > 0 ? "Fold" : "Check/fold"),
      check: () => "Check",
      call: (/** @type {number} */ cost) => `Call ${chips(cost)}`,
      call_any: () => "Call any",
    },
    othersShow: "Others choose what to show",
    showLabel: "You need not show your cards",
    showBoth: "Show both",
    showOne: (/** @type {string} */ card) => `Show ${cardOf(card)}`,
    muck: "Muck",

    // ---- beside the table ----
    players: "Players",
    nobody: "Nobody has bought in yet.",
    stacksLabel: "Stacks, largest first",
    stacks: (/** @type {number} */ n, /** @type {number} */ cents) =>
      `${n === 1 ? "1 stack" : `${n} stacks`}, ${chips(cents)} chips`,
    log: "Hand log",
    logEmpty: "The moves of a hand appear here.",
    logStreet: (/** @type {string} */ street, /** @type {string[]} */ cards) =>
      `${holdemTile.streets[street]}: ${cards.map(cardOf).join(" ")}`,
    /** @param {LogMove} move */
    logMove: ({ player = "", move, amount, to, all_in: allIn, cards = [] }) => {
      const words = {
        small_blind: `posts the small blind of ${chips(amount)}`,
        big_blind: `posts the big blind of ${chips(amount)}`,
        post: `posts ${chips(amount)}`,
        post_dead: `posts a missed small blind of ${chips(amount)}`,
        fold: "folds",
        check: "checks",
        call: `calls ${chips(amount)}`,
        bet: `bets ${chips(to)}`,
        raise: `raises to ${chips(to)}`,
        uncalled: `takes back the uncalled ${chips(amount)}`,
        show: `shows ${cards.map(cardOf).join(" ")}`,
        muck: "mucks",
      }[move];
      return `${player} ${words ?? move}${allIn ? " and is all-in" : ""}`;
    },
    logWin: (/** @type {string[]} */ names, /** @type {number} */ cents) => holdemFace.wins(names, cents, ""),

    // ---- keys ----
    keys: {
      show: "Show both cards",
      muck: "Muck",
      fold: "Fold",
      check: "Check or call",
      raise: "Choose a raise (Enter to confirm)",
      min: "Raise: the smallest",
      half: "Raise: half the pot",
      pot: "Raise: the pot",
      all: "Raise: all-in",
    },
  };

  const holdemProof = {
    over: "It continues after the end of the round.",
    open: "It stops before the end of the round.",
    time: "Its times run backwards.",
    closed: "Chips were bought during a hand.",
    tooLate: "Chips were bought while the hand was being dealt.",
    amount: (/** @type {number} */ seat, /** @type {number} */ amount) =>
      `Seat ${seat} bought chips for ${amount} cents, which the table does not allow.`,
    noStack: (/** @type {number} */ seat) => `Seat ${seat} acted without a stack.`,
    noHand: (/** @type {number} */ seat) => `Seat ${seat} acted between hands.`,
    notItsTurn: (/** @type {number} */ seat) => `Seat ${seat} acted out of turn.`,
    sits: (/** @type {number} */ seat) => `Seat ${seat} sat out twice, or came back without sitting out.`,
    move: (/** @type {number} */ seat, /** @type {string} */ action) => `Seat ${seat} could not ${action}.`,
  };

  // ======== keno ========

  const kenoFace = {
    title: "Keno",
    drawnShort: (/** @type {number[]} */ drawn) => `${drawn.slice(0, 3).join(" ")} …`,

    // ---- the board ----
    board: "Numbers. Use the arrow keys to move.",
    number: (/** @type {number} */ n, /** @type {string} */ state) => (state ? `${n}, ${state}` : String(n)),
    drawn: "drawn",
    hit: "drawn, a hit",
    pick: "Pick up to ten numbers, then draw.",
    watching: "Nothing has been drawn yet.",
    picked: (/** @type {number} */ n, /** @type {number} */ most) => `${n} of ${most} picked`,
    hits: (/** @type {number} */ hits, /** @type {number} */ picks) => `${count(hits, "hit")} of ${picks}`,
    lastDrawn: "The last ten numbers drawn",
    saidDrawn: (/** @type {number[]} */ drawn) => `Drawn: ${[...drawn].sort((a, b) => a - b).join(", ")}.`,
    saidHits: (/** @type {number} */ hits, /** @type {number} */ picks) =>
      `${count(hits, "hit")} of ${count(picks, "pick")}.`,
    full: "You have picked ten numbers. Remove one to pick another.",

    // ---- the table of payouts ----
    table: "What hits pay",
    hitsHead: "Hits",
    paysHead: "Pays",
    times: (/** @type {number} */ tenThousandths) => `${number(tenThousandths / 10_000, 4)}×`,

    // ---- the panel ----
    risk: "Risk",
    risks: /** @type {Record<string, string>} */ ({ low: "Low", medium: "Medium", high: "High" }),
    quick: "Quick pick",
    quickHint: "Picks as many random numbers as are picked now, or ten",
    clear: "Clear",
    most: "All hits pay",
    draw: "Draw",
    drawing: "Drawing…",
    none: "Pick a number first",
    keys: {
      move: "Move between numbers",
      pick: "Pick or remove a number",
      place: "Draw",
      quick: "Quick pick",
      clear: "Clear the board",
      risk: "Next risk",
    },
  };

  const kenoProof = {
    moves: "Keno has no moves but the bet.",
    bets: (/** @type {number} */ n) => `${n} bets in a round that takes one.`,
    picks: "The bet does not pick one to ten different numbers from 1 to 40.",
    risk: (/** @type {string} */ risk) => `There is no risk called ${risk}.`,
  };

  // ======== limbo ========

  const limboFace = {
    title: "Limbo",

    // ---- the face ----
    waiting: "The point will appear here",
    drawn: (/** @type {number} */ point) => `The point is ${multiplier(point)}.`,
    slider: "Target",
    aims: (/** @type {number} */ target) => `at least ${multiplier(target)}`,
    target: "Target",
    targetBad: "Enter 1.01 to 1,000,000 with at most two decimals.",
    chance: "Win chance",
    chanceBad: "Enter 0.000099 to 98.02 %.",

    // ---- the panel ----
    pays: "A win pays",
    bet: "Bet",
    drawing: "Drawing…",

    keys: { less: "Lower the target", more: "Raise the target" },
  };

  const limboProof = {
    oneBet: "A round of limbo has one bet.",
    noMoves: "Limbo has no moves but the bet.",
    badTarget: "The target is out of range.",
    badStake: "The stake is not a whole number of cents.",
  };

  // ======== mines ========

  /** @param {number} n */
  const countOfMines = (n) => `${n} ${n === 1 ? "mine" : "mines"}`;

  const minesTile = {
    title: "Mines",
    result: countOfMines,
  };

  /** @param {number} cell */
  const placeOfCell = (cell) => `Row ${Math.floor(cell / 5) + 1}, column ${(cell % 5) + 1}`;

  const minesFace = {
    // ---- the board ----
    board: "The board",
    cell: (/** @type {number} */ cell, /** @type {string} */ state) =>
      `${placeOfCell(cell)}: ${minesFace.states[state]}`,
    states: /** @type {Record<string, string>} */ ({
      covered: "covered",
      pending: "being uncovered",
      safe: "safe",
      mine: "mined",
      hit: "mined and hit",
      left: "safe, not uncovered",
    }),
    worth: "Worth",
    next: "Next safe cell",
    chance: (/** @type {number} */ chance) => `${fixed(100 * chance, 1)} %`,
    start: "Choose the number of mines, then bet.",
    watching: "The next bet deals a new board.",
    saidLaid: (/** @type {number} */ n) => `${countOfMines(n)} on the board. Uncover a cell.`,
    saidSafe: (/** @type {number} */ cell, /** @type {number} */ value) =>
      `${placeOfCell(cell)} is safe. Worth ${exactMultiplier(value)}.`,
    saidHit: (/** @type {number} */ cell) => `${placeOfCell(cell)} is mined.`,
    lost: "You hit a mine. The bet is lost",

    // ---- the panel ----
    mines: "Mines",
    more: "One more mine",
    fewer: "One fewer mine",
    minesBad: "Enter a number from 1 to 24.",
    place: "Place bet",
    placing: "Placing…",
    yours: (/** @type {number} */ cents, /** @type {number} */ n) =>
      `${inChips(cents)} on a board with ${countOfMines(n)}`,
    uncover: "Uncover a cell or cash out.",
    cashOut: "Cash out",
    takeBack: "Take stake back",
    cashing: "Cashing out…",

    keys: {
      left: "Move left",
      right: "Move right",
      up: "Move up",
      down: "Move down",
      reveal: "Uncover the cell",
      cashOut: "Cash out",
      more: "One more mine",
      fewer: "One fewer mine",
    },
  };

  const minesProof = {
    noBet: "There is no bet.",
    early: "A cell was uncovered before the bet.",
    secondBet: "There is a second bet.",
    mines: (/** @type {unknown} */ n) => `A board can’t have ${n} mines.`,
    cell: (/** @type {unknown} */ cell) => `There is no cell ${cell}.`,
    twice: (/** @type {number} */ cell) => `Cell ${cell} was uncovered twice.`,
    unknown: (/** @type {unknown} */ action) => `There is no move “${action}”.`,
    over: "Something happened after the end.",
    open: "The round has no end.",
  };

  // ======== plinko ========

  const plinkoFace = {
    title: "Plinko",

    // ---- the face ----
    board: (/** @type {number} */ rows) => `A ball falls through ${rows} rows of pegs`,
    slots: "What the slots pay, as multiples of the stake, from left to right",
    pays: (/** @type {string} */ multiplier) => `${multiplier}×`,
    landed: (/** @type {number} */ slot, /** @type {string} */ multiplier) =>
      `Slot ${slot}: ${multiplier} times the stake.`,
    landedBefore: (/** @type {number} */ slot, /** @type {number} */ rows) =>
      `The last ball landed in slot ${slot} (of 0 to ${rows}).`,
    slot: (/** @type {number} */ slot) => `Slot ${slot}`,

    // ---- the panel ----
    risk: "Risk",
    risks: { low: "Low", medium: "Medium", high: "High" },
    rows: "Rows",
    drop: "Drop",
    dropping: "Dropping…",

    keys: { fewer: "Fewer rows", more: "More rows", lower: "Lower risk", higher: "Higher risk" },
  };

  const plinkoProof = {
    oneBet: "A round of plinko has one bet.",
    noMoves: "Plinko has no moves but the bet.",
    badChoice: "There is no board with these rows and this risk.",
    badStake: "The stake is not a whole number of cents.",
  };

  // ======== roulette ========

  const rouletteFace = {
    title: "Roulette",
    results: "Last numbers",
    pocket: (/** @type {number} */ number, /** @type {"red" | "black" | "green"} */ colour) =>
      number === 0 ? "0" : `${number} ${rouletteFace.colours[colour]}`,
    colours: { red: "red", black: "black", green: "zero" },

    // ---- the lobby tile and the wheel ----
    closes: (/** @type {string} */ left) => `Bets close in ${left}`,
    untilClosed: "until bets close",
    rolls: "Rolling",
    over: "Round over",
    place: "Place your bets",
    closed: "No more bets",
    waiting: "Waiting for the next round",
    wheel: (/** @type {string} */ pocket) => `The wheel. The ball is in ${pocket}.`,
    wheelRuns: "The wheel. The ball is rolling.",
    wheelEmpty: "The wheel.",
    saidRuns: "No more bets. The ball is rolling.",
    saidPocket: (/** @type {string} */ pocket) => `${pocket}.`,

    // ---- the felt ----
    felt: "The table. Use the arrow keys to move over all bets, including the lines between numbers.",
    columns: "2:1",
    dozens: ["1st 12", "2nd 12", "3rd 12"],
    /** Labels on the felt. @type {Record<string, string>} */
    evenChances: { low: "1–18", even: "Even", red: "Red", black: "Black", odd: "Odd", high: "19–36" },
    /** Names of the kinds of bets. @type {Record<string, string>} */
    kinds: {
      straight: "Straight",
      split: "Split",
      street: "Street",
      corner: "Corner",
      line: "Line",
      dozen: "Dozen",
      column: "Column",
      low: "Low, 1–18",
      even: "Even",
      red: "Red",
      black: "Black",
      odd: "Odd",
      high: "High, 19–36",
    },
    range: (/** @type {number} */ from, /** @type {number} */ to) => `${from} to ${to}`,
    pays: (/** @type {number} */ toOne) => `pays ${toOne} to 1`,
    laid: (/** @type {number} */ cents) => `${inChips(cents)} not placed yet`,
    placed: (/** @type {number} */ cents) => `you placed ${inChips(cents)}`,
    others: (/** @type {number} */ cents) => `others placed ${inChips(cents)}`,
    lies: (/** @type {string} */ place, /** @type {number} */ cents) => `${inChips(cents)} on ${place}.`,

    // ---- the panel ----
    plusMinus: "±2",
    neighbours: "neighbours",
    neighboursHint: "Also bet on the two neighbours on each side of the number on the wheel",
    undo: "Undo",
    clear: "Clear",
    repeat: "Repeat",
    empty: "Put chips on the table",
    placeBets: (/** @type {number} */ n, /** @type {number} */ cents) => `Place ${count(n, "bet")}: ${chips(cents)}`,
    placing: (/** @type {number} */ n) => `Placing… ${n} to go`,
    shut: "Bets are closed",
    wait: "Bets open in the next round",
    yours: (/** @type {number} */ n, /** @type {number} */ cents) => `Your bets: ${n}, ${inChips(cents)}`,
    toPlace: "to place",
    inPlay: "placed",
    tooMany: (/** @type {number} */ most) => `At most ${most} bets per round.`,
    tooMuch: (/** @type {number} */ cents) => `A bet can be ${inChips(cents)} at most.`,
    tooPoor: (/** @type {number} */ cents) =>
      `You have ${inChips(cents)} available, and the chips on the table are worth more.`,
    keys: {
      move: "Move on the table",
      lay: "Put down a chip",
      place: "Place the bets",
      undo: "Undo the last chip",
      clear: "Remove all unplaced chips",
      repeat: "Repeat the last bets",
      neighbours: "Turn neighbours on or off",
    },
  };

  const rouletteProof = {
    moves: "Roulette has no moves but the bet.",
    late: (/** @type {number} */ n) => `Bet ${n} came after bets were closed.`,
    tooMany: (/** @type {number} */ n) => `Bet ${n} exceeds its player’s limit of bets.`,
    noPlace: (/** @type {number} */ n) => `Bet ${n} is not on the layout.`,
  };

  // ======== why the server refuses something ========

  /** What can be wrong with any field of a request. */
  const ofRequests = {
    missing: shell.form.required,
    unknown: "There is no field of this name.",
    wrong_type: (/** @type {{expected: string, got: string}} */ { expected, got }) =>
      `This must be ${expected}, not ${got}.`,
    too_small: (/** @type {{least: number}} */ { least }) => `This must be at least ${number(least)}.`,
    too_large: (/** @type {{most: number}} */ { most }) => `This must be at most ${number(most)}.`,
    not_above: (/** @type {{bound: number}} */ { bound }) => `This must be more than ${number(bound)}.`,
    not_below: (/** @type {{bound: number}} */ { bound }) => `This must be less than ${number(bound)}.`,
    too_short: (/** @type {{least: number}} */ { least }) => `This is too short: the least is ${number(least)}.`,
    too_long: (/** @type {{most: number}} */ { most }) => `This is too long: the most is ${number(most)}.`,
    not_a_choice: (/** @type {{given: string}} */ { given }) => `This can’t be ${given}.`,
    no_time_zone: "This must name its time zone.",
    out_of_range: "This is out of range.",
    malformed: "This is not written as it should be.",
  };

  /** The texts by code and reason, each for people who can do something about it. @type {import("../reasons.d.ts").Reasons} */
  const reasons = {
    bad_request: {
      ...ofRequests,
      greeted: "This connection has already said hello.",
      room_or_game: "Name a room or a game.",
      room_or_session: "Name a room or a session.",
      seated: "Leave the room first.",
      undecodable: "A part of the message can’t be decoded.",
      invisible_text: "The text has nothing to see.",
      no_such_seat: ({ least, most }) => `The room has seats ${least} to ${most}.`,
      nothing_chosen: "Choose what to bet on.",
      stake_too_small: ({ least }) => room.bet.tooSmall(least),
      no_win: "This bet can’t win more than its stake.",
      win_too_small: ({ pays, least }) =>
        `This bet pays ${number(pays, 6)} times its stake at most, rounded down to whole cents. Stake at least ` +
        `${inChips(least)}, or a win would not pay more than your stake.`,
      not_in_range: ({ least, most }) =>
        `Enter a number from ${fixed(least, 2)} to ${fixed(most, 2)} with at most two decimals.`,
    },
    validation_failed: {
      ...ofRequests,
      repeated: "Give this only once.",
      not_an_object: "This must be an object.",
      no_such_day: "There is no such date.",
      username: "3–20 letters, digits, _ or -.",
      email: shell.form.email,
      roll_number: "This is not a roll number.",
      full_name: "A name in one line, 1–100 characters.",
      identifier: "Enter your e-mail address, username or roll number.",
      password: "Enter a password.",
      new_password: "Use 8–72 characters that are hard to guess.",
      device: "This is not a device of yours.",
      token_name: "Name the device or program in at most 60 characters.",
      token: "The link of the mail is incomplete.",
      site_page: "This is not a page of this site.",
      bio: "At most 2,000 characters.",
      avatar_url: "A web address that starts with http:// or https://.",
      location: "At most 100 characters.",
      zoned_time: "This must be a time with its time zone.",
      client_seed: "1–64 letters, digits, _ or -.",
      cursor: "The list has changed. Load it again.",
      not_ascii: "Write the domain in its ASCII form (xn--…).",
      other_domain: ({ domains }) => `Use an address at ${domains.join(" or ")}.`,
      reserved_name: "This name is reserved, because it seems to speak for the house.",
      own_names: ({ most }) =>
        `${number(most)} names that you gave up within a year are still reserved for you: take one of them.`,
      invisible_name: "A name has a character that can be seen.",
      birth: "The date of birth must be in the past, and not before 1900.",
      not_a_roll_number: "This is not a roll number.",
      name_of_other: "Another player’s username is the same.",
      no_password: "Enter the password of the sign-up, or a new one.",
      password_short: ({ least }) => `Use at least ${count(least, "character")}.`,
      password_long: ({ most }) => `Use at most ${count(most, "byte")}.`,
      easy: "Too easy to guess. Add another word or two; uncommon words are better.",
      easy_common: "Too easy to guess: many people use a password like this. Add another word or two.",
      easy_word: "Too easy to guess: a single word is not enough. Add another word or two.",
      easy_name: "Too easy to guess: names are among the first that others try. Add another word or two.",
      easy_keys: "Too easy to guess: these keys are neighbours. Add another word or two.",
      easy_repeat: "Too easy to guess: it repeats itself. Add another word or two.",
      easy_sequence: "Too easy to guess: it is a sequence such as abc or 6543. Add another word or two.",
      easy_date: "Too easy to guess: years and dates are among the first that others try. Add another word or two.",
      break_shortened: "You can only make a break longer.",
      break_length: "A break must end in the future, within five years.",
      date: "This date is out of range.",
      seats: ({ least, most }) => `This game has ${least} to ${most} seats.`,
      no_such_game: "There is no game of this name.",
      single_player: "You play this game alone; it has no rooms to open.",
      handed_on: "Each round sets this for the next.",
      above_server: ({ most }) => `This server allows at most ${number(most)}.`,
    },
    token_invalid: {
      signed_out: shell.signedOut.signed_out,
      signed_out_elsewhere: shell.signedOut.signed_out_elsewhere,
      password_changed: shell.signedOut.password_changed,
      too_many_devices: shell.signedOut.too_many_devices,
      account_disabled: shell.signedOut.account_disabled,
      token_expired: shell.signedOut.token_expired,
      link_used: "The link has already been used, or is incomplete.",
    },
    invalid_json: {
      late: "Your message arrived too slowly. Try again.",
      cut_off: "The connection was lost before your message had arrived. Try again.",
      framing: "The server could not read this.",
      malformed: "The server could not read this.",
    },
    invalid_credentials: { other_password: "This is not the password of the sign-up. Set a new one." },
    token_expired: {
      sign_up_again: "The link has expired. Sign up again.",
      ask_again: "The link has expired. Ask for a new one.",
    },
    forbidden: {
      not_owner: "Only its owner can close a room.",
      origin: "This site may not connect to this server.",
    },
    not_found: { no_such_code: "No open room has this code." },
    username_taken: { meanwhile: "Another player has taken the username by now. Sign up again." },
    already_registered: {
      email: "This address has an account. Sign in, or reset its password.",
      roll_number: "Another account has this roll number.",
    },
    not_yet: {
      no_bonus: "This server has no daily bonus.",
      balance: ({ below }) => `You can claim the bonus when your balance is below ${inChips(below)}.`,
      once_a_day: ({ next_at }) => `You can claim the bonus once a day, next at ${dateTime(next_at)}.`,
      on_break: ({ next_at }) => `You’re on a break. You can claim the bonus when it ends, at ${dateTime(next_at)}.`,
    },
    bets_live: { username: "You can’t change your username while you have a live bet." },
    rate_limited: {
      joins: "You are taking seats too fast. Wait a moment and try again.",
      chat: "You are sending messages too fast. Wait a moment.",
      connections: "Your account is connected too many times. Close other tabs or programs.",
    },
    unavailable: {
      sign_ins: "Too many people are signing in right now. Try again soon.",
      limits_changed: "Your limits have just changed. Try again.",
      losses_counted: "Your losses of today are being counted. Try again.",
      room_opening: "The room is being opened. Try again.",
      room_closing: "The room is closing. Try again.",
      room_busy: "The room is busy. Try again.",
      stopping: "The server is restarting. Try again soon.",
      too_many_rooms: "The server has no space for another room. Try again later.",
      no_next_round: "The next round could not be opened.",
      game_failed: "The game had a fault.",
    },
    bad_json: { binary: "The server takes text only." },
    not_signed_in: { account_deleted: "This account was deleted." },
    no_such_room: {
      no_such_game: "There is no such game.",
      no_public_room: "This game has no public room. Open one of your own.",
      no_such_code: "No open room has this code.",
      session_over: shell.session.missing,
      just_closed: "The room has just been closed.",
    },
    room_full: { seat_taken: "This seat is taken." },
    stack_too_small: { brings_back: ({ minimum, until }) => room.bet.bringBack(minimum, until, null) },
    insufficient_funds: {
      brings_back: ({ minimum, until, available }) => room.bet.bringBack(minimum, until, available),
    },
    limit_exceeded: {
      stakes: ({ least, most }) => `Stakes here are from ${chips(least)} to ${inChips(most)}.`,
      balance: "Your balance is too large to be counted exactly, so you can’t bet.",
      own_stake: ({ limit }) => room.bet.ownLimit(limit, 0),
      own_stakes: ({ limit, staked }) => room.bet.ownLimit(limit, staked),
      own_loss: "The stake could exceed the daily loss limit that you have set.",
      own_rooms: ({ most }) => `You can have ${count(most, "private room")} open at once.`,
      watched_rooms: ({ most }) => `You can watch ${count(most, "room")} at once.`,
      too_many_bets: ({ most }) => `You can place at most ${count(most, "bet")} per round.`,
    },
    self_excluded: { break: ({ until }) => `You’re on a break until ${dateTime(until)}.` },
    muted: { until: ({ until }) => `You can’t chat until ${dateTime(until)}: the operator has muted you.` },
    illegal_action: {
      no_actions: "This game has no moves.",
      no_round: "No round is running.",
      too_late: () => room.bet.tooLate,
      round_over: "The round is over.",
      no_moves: "This game has no moves after the bet.",
      no_live_bet: "You have no live bet in this round.",
    },
    not_your_turn: { too_late: () => room.bet.tooLate, other_player: "It is another player’s turn." },
    paused: {
      database: pausedReasons.database,
      redis: pausedReasons.redis,
      game: pausedReasons.game,
      closing: pausedReasons.closing,
    },
    betting_closed: {
      closed: "Bets are closed. Bet in the next round.",
      already_bet: "This round already has its bet.",
    },
  };

  /** The games’ own reasons. @type {import("../reasons.d.ts").GameReasons} */
  const gameReasons = {
    blackjack: {
      dealt: "The cards are dealt. Bet in the next round.",
      one_bet: "You can place only one bet per round.",
      no_hand: "You have no hand in this round.",
      other_hand: "It is not this hand’s turn.",
      move_not_offered: ({ move }) => `You can’t ${move} this hand.`,
      no_insurance: "You have no insurance offer to answer.",
    },
    coinduel: {
      duel_over: "This duel is over. Wait for the next one.",
      no_side: "There is no open challenge. Choose a side to make one.",
      own_challenge: "You can’t accept your own challenge.",
      other_stake: ({ stake }) => `The challenge is for ${inChips(stake)}. Bet exactly that to accept it.`,
      side_taken: ({ side }) => `The challenger has ${side}. You get the other side.`,
      no_challenge: "You have no open challenge to withdraw.",
    },
    crash: {
      above_payout: ({ most }) => `The stake is above the room’s largest payout of ${inChips(most)}.`,
      nothing_to_win: "With this stake, the room’s largest payout leaves nothing to win.",
      not_started: "The round hasn’t started yet.",
      crashed: "Too late: the multiplier has crashed.",
      bet_not_live: "This bet is not live or not yours.",
    },
    holdem: {
      hand_runs: "A hand is in progress. Buy chips when it is over.",
      left_table: "You have left the table. Buy in again after the next hand.",
      top_up: ({ most, purchases }) =>
        `You can top up to ${inChips(most)}, with at most ${count(purchases, "purchase")} per hand.`,
      buy_in: ({ least, most }) => `Buy from ${chips(least)} to ${inChips(most)}.`,
      hand_over: "The hand is over.",
      dealing: "The hand is being dealt. Buy chips when it is over.",
      no_stack: "You have no stack at this table.",
      no_hand: "No hand is in progress.",
      not_in_hand: "You are not in this hand.",
      cant_check: "You can’t check: there is a bet to call.",
      nothing_to_call: "There is nothing to call.",
      cant_raise: "You can’t raise now.",
      raise: ({ least, most }) => `Raise to between ${chips(least)} and ${inChips(most)}.`,
      nothing_to_show: "You can’t show or muck your cards now.",
      sitting_out: "You are already sitting out.",
      not_sitting_out: "You are not sitting out.",
      too_often_out: "You have sat out too often. Wait for the end of this hand.",
      no_blinds: "You have no blinds to post.",
    },
    keno: { picked_twice: "Pick each number only once." },
    mines: {
      no_mines: "Choose how many cells are mined.",
      wrong_mines: ({ least, most }) => `Choose from ${least} to ${most} mines.`,
      no_such_cell: ({ least, most }) => `Cells are numbered ${least} to ${most}.`,
      uncovered: "This cell is already uncovered.",
    },
    plinko: { wrong_rows: ({ least, most }) => `Choose from ${least} to ${most} rows.` },
    roulette: {
      no_spot: "Choose where to place your chips.",
      takes_no_numbers: ({ spot }) => `A bet on ${spot} takes no numbers.`,
      no_such_spot: ({ spot }) => `These numbers do not form a ${spot}.`,
    },
  };

  return {
    /** Titles, summaries and rules of games in place of those that the server sends. @type {Record<string, Served>} */
    served: {},
    /** Names in the views, selections and moves of games. English makes its words from the names. @type {Record<string, string>} */
    names: {},
    units: { inChips, seconds, span },
    shell,
    errors,
    reasons,
    gameReasons,
    cards,
    room,
    private: privateRooms,
    games: {
      blackjack: { tile: blackjackTile, face: blackjackFace, proof: blackjackProof },
      coinduel: { face: coinduelFace, proof: coinduelProof },
      crash: { face: crashFace },
      dice: { face: diceFace },
      hilo: { tile: hiloTile, face: hiloFace, proof: hiloProof },
      holdem: { tile: holdemTile, face: holdemFace, proof: holdemProof },
      keno: { face: kenoFace, proof: kenoProof },
      limbo: { face: limboFace, proof: limboProof },
      mines: { tile: minesTile, face: minesFace, proof: minesProof },
      plinko: { face: plinkoFace, proof: plinkoProof },
      roulette: { face: rouletteFace, proof: rouletteProof },
    },
  };
};
