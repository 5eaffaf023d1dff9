/** All pages about accounts and histories. They are one file of the build, because who opens one soon opens another. */

export * as account from "./account.js";
export * as bets from "./bets.js";
export * as forgot from "./forgot.js";
export * as game from "./game.js";
export * as join from "./join.js";
export * as limits from "./limits.js";
export * as notFound from "./not_found.js";
export * as reset from "./reset.js";
export * as session from "./session.js";
export * as sessions from "./sessions.js";
export * as signIn from "./sign_in.js";
export * as signUp from "./sign_up.js";
export * as user from "./user.js";
export * as verify from "./verify.js";
export * as wallet from "./wallet.js";
