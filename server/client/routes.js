// Written by `python -m cli.types_js` from server/web/client_files.py. Change that file, not this one.

/** Each page's path. */
export const ROUTES = {
  lobby: "/",
  "open-room": "/rooms",
  join: "/join",
  "join-code": "/join/{code}",
  room: "/rooms/{room}",
  screen: "/rooms/{room}/screen",
  game: "/games/{name}",
  round: "/rounds/{round}",
  session: "/sessions/{id}",
  "sign-in": "/sign-in",
  "sign-up": "/sign-up",
  verify: "/verify",
  forgot: "/forgot",
  reset: "/reset",
  account: "/account",
  wallet: "/account/wallet",
  bets: "/account/bets",
  sessions: "/account/sessions",
  limits: "/account/limits",
  user: "/users/{name}",
};
