/** A game's JSON Schemas as fields of a form, for games without a face of their own. */

import { parseChips, readNumber } from "../../format.js";
import { isMoney } from "./tile.js";

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {"number" | "integer" | "boolean" | "text" | "choice" | "list"} kind
 * @property {boolean} required
 * @property {number} [min]
 * @property {number} [max]
 * @property {any[]} [choices]
 * @property {boolean} [money] whether it takes an amount, which is typed in chips and sent in cents
 * @property {any} start what stands in the field at first
 */

/** @typedef {{name: string, fields: Field[]}} Move */

/** @param {any} schema @param {any} root */
function resolve(schema, root) {
  const name = schema?.$ref?.split("/").at(-1);
  return name ? root.$defs[name] : schema;
}

/** The one type of an optional field: `{anyOf: [X, {type: "null"}]}` is X. @param {any} schema @param {any} root */
function plain(schema, root) {
  const found = resolve(schema, root);
  const real = found?.anyOf?.filter((/** @type {any} */ each) => each.type !== "null");
  return real?.length === 1 ? resolve(real[0], root) : found;
}

/** @param {any} schema @returns {Field["kind"]} */
function kindOf(schema) {
  if (schema.enum) return "choice";
  if (schema.type === "array") return "list";
  return schema.type === "number" || schema.type === "integer" || schema.type === "boolean" ? schema.type : "text";
}

/** @param {string} name @param {any} given @param {any} root @param {boolean} required @returns {Field} */
function fieldOf(name, given, root, required) {
  const schema = plain(given, root);
  const kind = kindOf(schema);
  const first = kind === "choice" ? schema.enum[0] : (schema.minimum ?? "");
  const start = given.default ?? (kind === "boolean" ? false : required ? first : "");
  /** @type {Field} */
  const field = { name, kind, required, min: schema.minimum, max: schema.maximum, choices: schema.enum, start };
  return kind === "integer" && isMoney(name) ? { ...field, money: true } : field;
}

/**
 * The fields of an object's schema; a tag that can be only one thing is no field.
 * @param {any} schema
 * @returns {Field[]}
 */
export function fieldsOf(schema) {
  const object = plain(schema, schema);
  const required = new Set(object?.required ?? []);
  return Object.entries(object?.properties ?? {})
    .filter(([name]) => name !== "action")
    .map(([name, given]) => fieldOf(name, given, schema, required.has(name)));
}

/**
 * The moves of an action schema, one or a union of several.
 * @param {any} schema null: the game has none
 * @returns {Move[]}
 */
export function movesOf(schema) {
  if (!schema) return [];
  const top = resolve(schema, schema);
  const variants = top.anyOf ?? top.oneOf ?? [top];
  return variants.map((/** @type {any} */ variant) => {
    const object = resolve(variant, schema);
    const name = object.properties?.action?.enum?.[0] ?? object.properties?.action?.const ?? "";
    return { name, fields: fieldsOf({ ...object, $defs: schema.$defs }) };
  });
}

/**
 * What is typed into a field as JSON; undefined when it is empty or wrong.
 * @param {Field} field
 * @param {any} typed
 */
export function typedValue(field, typed) {
  if (field.kind === "boolean") return Boolean(typed);
  if (field.money) return typeof typed === "number" ? typed : (parseChips(String(typed)) ?? undefined);
  const text = String(typed).trim();
  if (text === "") return undefined;
  if (field.kind === "choice") return field.choices?.find((choice) => String(choice) === text);
  if (field.kind === "list")
    return text.split(/[\s,]+/).map((part) => (Number.isNaN(Number(part)) ? part : Number(part)));
  if (field.kind === "text") return text;
  // What stands in the field at first is a number already.
  if (typeof typed === "number") return typed;
  // A bound may be below zero, so a number may be, too.
  const read = readNumber(text.replace(/^[-−]/, ""));
  const number = read ? Number(read.digits) * (/^[-−]/.test(text) ? -1 : 1) : Number.NaN;
  return Number.isNaN(number) || (field.kind === "integer" && !Number.isInteger(number)) ? undefined : number;
}

/** Whether a field can be sent as it is typed. @param {Field} field @param {any} typed */
export function isValid(field, typed) {
  if (!field.required && String(typed ?? "").trim() === "") return true;
  const value = typedValue(field, typed ?? "");
  if (value === undefined) return false;
  return typeof value !== "number" || (value >= (field.min ?? -Infinity) && value <= (field.max ?? Infinity));
}

/** What a form says as JSON, without what is left empty. @param {Field[]} fields @param {Record<string, any>} typed */
export function valuesOf(fields, typed) {
  const pairs = fields.map((field) => [field.name, typedValue(field, typed[field.name] ?? field.start)]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}
