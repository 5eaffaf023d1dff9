/** The catalogue of texts: every language says the same things, and nothing is said outside of it. */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import htm from "htm";
import { formatsOf } from "../../server/client/format.js";
import { LANGUAGES } from "../../server/client/language.js";
import { templatesIn } from "./literals.js";

const CLIENT = fileURLToPath(new URL("../../server/client/", import.meta.url));
/** Attributes that players see or hear. */
const SPOKEN = ["aria-label", "aria-roledescription", "aria-valuetext", "alt", "label", "placeholder", "title"];
const LETTERS = /\p{L}{2}/u;

/** What a template says in its own words: text nodes and spoken attributes. @param {string[]} strings */
function saidBy(strings) {
  /** @type {string[]} */
  const said = [];
  const hear = (/** @type {unknown} */ words) => typeof words === "string" && LETTERS.test(words) && said.push(words);
  const parse = htm.bind((/** @type {unknown} */ _, /** @type {any} */ props, /** @type {unknown[]} */ ...children) => {
    for (const each of children) hear(each);
    for (const name of SPOKEN) hear(props?.[name]);
    return null;
  });
  const values = strings.slice(1).map(() => "·");
  for (const each of [parse(/** @type {any} */ (strings), ...values)].flat()) hear(each);
  return said;
}

async function sources() {
  const files = await readdir(CLIENT, { recursive: true });
  return files.filter((file) => file.endsWith(".js") && !file.startsWith("texts/"));
}

test("what a template says is found", () => {
  const source = `html\`<p title="Some words" class="no words">\${of("x")} of \${n > 1 ? html\`<b>two</b>\` : ""}</p>\`; // \``;
  assert.deepEqual(templatesIn(source).map(saidBy), [[" of ", "Some words"], ["two"]]);
});

test("templates say nothing in their own words", async () => {
  for (const file of await sources()) {
    const source = await readFile(path.join(CLIENT, file), "utf8");
    for (const strings of templatesIn(source)) assert.deepEqual(saidBy(strings), [], file);
  }
});

test("nothing is announced, toasted or painted in words of its own", async () => {
  const call = /\b(?:announce|toast|fillText|raise)\(\s*"[^"]*\p{L}{2}/u;
  for (const file of await sources()) assert.doesNotMatch(await readFile(path.join(CLIENT, file), "utf8"), call, file);
});

/** The texts of every language, in its own formats. */
async function catalogues() {
  const made = Object.entries(LANGUAGES).map(async ([language, locales]) => {
    const module = await import(path.join(CLIENT, `texts/${language}.js`));
    return /** @type {const} */ ([language, module[language](formatsOf(locales))]);
  });
  return Object.fromEntries(await Promise.all(made));
}

/** Every text by its path. `names` and `served` have what a language adds to the server's words. @param {any} texts */
function* textsOf(texts, at = "") {
  for (const [key, value] of Object.entries(texts)) {
    const here = at ? `${at}.${key}` : key;
    if (["names", "served"].includes(here)) continue;
    if (typeof value === "object") yield* textsOf(value, here);
    else yield/** @type {[string, any]} */ ([here, value]);
  }
}

/** What a text is, so that languages can be compared. @param {any} text */
const kindOf = (text) => (typeof text === "function" ? `of ${text.length}` : text === "" ? "empty" : typeof text);

test("every language has the same texts, of the same arguments", async () => {
  const { en, ...others } = await catalogues();
  const shape = (/** @type {any} */ texts) =>
    Object.fromEntries([...textsOf(texts)].map(([at, text]) => [at, kindOf(text)]));
  for (const [language, texts] of Object.entries(others)) assert.deepEqual(shape(texts), shape(en), language);
  for (const [at, text] of textsOf(en)) assert.ok(text !== "" || EMPTY.has(at), at);
});

/** What says nothing in any language. */
const EMPTY = new Set(["room.ended.word.", "private.units.plain", "games.holdem.face.states.in"]);
EMPTY.add("games.holdem.face.states.waiting");

test("each language that has a file can be chosen, and the other way round", async () => {
  const files = await readdir(path.join(CLIENT, "texts"));
  assert.deepEqual(files.map((file) => path.parse(file).name).sort(), Object.keys(LANGUAGES).sort());
});

/** Texts that are the same in every script. */
const NAMES = new Set(["shell.name", "shell.hands.formats.phh", "room.keys.names.Enter", "room.keys.names. "]);
NAMES.add("games.holdem.face.dealerShort");

test("what Hindi says is in Hindi", async () => {
  const { hi } = await catalogues();
  const words = [...Object.entries(hi.names), ...Object.values(hi.served).flatMap(Object.entries)];
  for (const [at, text] of [...textsOf(hi), ...words])
    if (typeof text === "string" && /\p{L}/u.test(text) && !NAMES.has(at))
      assert.match(text, /\p{Script=Devanagari}/u, at);
});

test("every game that has texts has its title, summary and rules in every language but English", async () => {
  const { en, ...others } = await catalogues();
  for (const { served } of Object.values(others)) {
    assert.deepEqual(Object.keys(served), Object.keys(en.games));
    for (const { title, summary, rules } of Object.values(served)) assert.ok(title && summary && rules);
  }
});
