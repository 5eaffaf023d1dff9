/** The catalogue of texts: every language says the same things, and nothing is said outside of it. */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import htm from "htm";
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
