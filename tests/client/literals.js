/** Finds the templates of a module's source, to look at the texts that stand in them. */

/** Where a string, a template or a comment that begins at `at` ends. @param {string} source @param {number} at @returns {number} */
function endOf(source, at) {
  const next = source.slice(at, at + 2);
  if (next === "//") return (source.indexOf("\n", at) + source.length + 1) % (source.length + 1);
  if (next === "/*") return source.indexOf("*/", at) + 2;
  if (next[0] === "`") return templateAt(source, at).end;
  let end = at + 1;
  while (source[end] !== next[0]) end += source[end] === "\\" ? 2 : 1;
  return end + 1;
}

/**
 * The template that begins with the backtick at `start`: its strings, and the templates within its expressions.
 * @param {string} source @param {number} start
 * @returns {{strings: string[], inner: string[][], end: number}}
 */
function templateAt(source, start) {
  const strings = [""];
  /** @type {string[][]} */
  const inner = [];
  let at = start + 1;
  while (source[at] !== "`") {
    if (source.startsWith("${", at)) {
      const close = closingBrace(source, at + 2);
      inner.push(...templatesIn(source.slice(at + 2, close)));
      strings.push("");
      at = close + 1;
      continue;
    }
    const length = source[at] === "\\" ? 2 : 1;
    strings[strings.length - 1] += source.slice(at, at + length);
    at += length;
  }
  return { strings, inner, end: at + 1 };
}

/** Where the expression that begins at `start` ends. @param {string} source @param {number} start */
function closingBrace(source, start) {
  let at = start;
  for (let depth = 0; depth > 0 || source[at] !== "}"; ) {
    if (opensText(source, at)) at = endOf(source, at);
    else depth += { "{": 1, "}": -1 }[source[at++]] ?? 0;
    if (at >= source.length) throw new Error(`an expression has no end: ${source.slice(start, start + 80)}`);
  }
  return at;
}

/** @param {string} source @param {number} at */
const opensText = (source, at) => /^(?:["'`]|\/\/|\/\*)/.test(source.slice(at, at + 2));

/**
 * The strings of each html template in a source, which has no regular expression with a quotation mark in it.
 * @param {string} source @returns {string[][]}
 */
export function templatesIn(source) {
  /** @type {string[][]} */
  const found = [];
  let at = 0;
  while (at < source.length) {
    if (source.startsWith("html`", at)) {
      const { strings, inner, end } = templateAt(source, at + 4);
      found.push(strings, ...inner);
      at = end;
    } else if (source[at] === "`") {
      const { inner, end } = templateAt(source, at);
      found.push(...inner);
      at = end;
    } else at = opensText(source, at) ? endOf(source, at) : at + 1;
  }
  return found;
}
