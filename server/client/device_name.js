/** Names this device for the player's list of sign-ins, from what the browser says of itself. */

import { texts } from "./texts.js";

/** The first pattern that fits counts: most browsers claim to be the ones below them. @type {[RegExp, string][]} */
const BROWSERS = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Headless)?Chrome\/|\bCriOS\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

/** @type {[RegExp, string][]} */
const SYSTEMS = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b/, "Mac"],
  [/\bLinux\b/, "Linux"],
];

/** @param {[RegExp, string][]} patterns @param {string} text */
const first = (patterns, text) => patterns.find(([pattern]) => pattern.test(text))?.[1];

/** `Firefox on Android`; what is not known is left out, and may be all. @param {string} userAgent */
export function deviceName(userAgent) {
  const [browser, system] = [first(BROWSERS, userAgent), first(SYSTEMS, userAgent)];
  return browser && system ? texts.shell.signIns.name(browser, system) : (browser ?? system ?? "");
}
