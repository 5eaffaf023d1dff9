/** What a pressed key stands for, whatever the layout of the keyboard and with Caps Lock. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { meaningsOf } from "../../server/client/room/keys.js";

/** @param {string} key @param {string} code @param {boolean} [shiftKey] */
const meanings = (key, code, shiftKey = false) => meaningsOf({ key, code, shiftKey });

test("letters count in any case, as the layout has them", () => {
  assert.deepEqual(meanings("u", "KeyU"), ["u"]);
  assert.deepEqual(meanings("U", "KeyU"), ["u"]);
  assert.deepEqual(meanings("U", "KeyU", true), ["u"]);
  // A French keyboard has A where an American one has Q.
  assert.deepEqual(meanings("a", "KeyQ"), ["a"]);
});

test("a key without a Latin letter also stands for its place", () => {
  const pressed = { г: "KeyU", Г: "KeyU", υ: "KeyU", "ु": "KeyU", ㅕ: "KeyU", لا: "KeyB", ı: "KeyI" };
  for (const [key, code] of Object.entries(pressed))
    assert.deepEqual(meanings(key, code), [key, code.at(-1)?.toLowerCase()], key);
  assert.deepEqual(meanings("Process", "KeyU"), ["Process", "u"]);
  assert.deepEqual(meanings("/", "KeyQ"), ["/", "q"]); // Hebrew
});

test("digits of other scripts and of keyboards that have them under Shift", () => {
  assert.deepEqual(meanings("&", "Digit1"), ["&", "1"]); // French
  assert.deepEqual(meanings("١", "Digit1"), ["١", "1"]);
  assert.deepEqual(meanings("1", "Digit1", true), ["1"]);
  assert.deepEqual(meanings("!", "Digit1", true), ["!"]);
  assert.deepEqual(meanings("4", "Numpad4"), ["4"]);
});

test("named keys, spaces and question marks", () => {
  for (const key of ["Enter", "ArrowLeft", "Tab", "F1"]) assert.deepEqual(meanings(key, key), [key]);
  assert.deepEqual(meanings(" ", "Space"), [" "]);
  assert.deepEqual(meanings("\u3000", "Space"), ["\u3000", " "]);
  assert.deepEqual(meanings("?", "Slash", true), ["?"]);
  assert.deepEqual(meanings("؟", "Slash", true), ["؟", "?"]);
  assert.deepEqual(meanings("?", "Minus", true), ["?"]); // German
});
