/** The HTTP API: JSON in, JSON out; errors are problem documents (RFC 9457). `http.d.ts` lists the calls. */

import { fieldErrorText } from "./error_text.js";
import { language } from "./language.js";
import { token } from "./token.js";
import { wire } from "./wire.js";

/** @typedef {import("./http.d.ts").HttpCalls} HttpCalls */
/** @typedef {import("./http.d.ts").InvalidField} InvalidField */
/** @typedef {Partial<import("./http.d.ts").ProblemDocument> & {code: string}} ErrorBody */
/** @typedef {Record<string, string | number | null | undefined>} Query */
/** @typedef {{path?: Record<string, string>, query?: Query, body?: unknown}} Args */

const BASE = "/api/v1";

/** A failed call. `code` comes from the server, or is `offline` when no answer came. */
export class ApiError extends Error {
  /**
   * @param {number} status 0 without an answer
   * @param {ErrorBody} body
   * @param {number} retryAfter seconds, 0 if unknown
   */
  constructor(status, body, retryAfter = 0) {
    super(body.detail ?? body.title ?? body.code);
    this.name = "ApiError";
    this.status = status;
    this.code = body.code;
    this.body = body;
    /** @type {InvalidField[]} */
    this.errors = body.errors ?? [];
    this.retryAfter = retryAfter;
  }
}

/** @param {Response} response */
async function failure(response) {
  /** @type {ErrorBody} */
  const body = await response.json().catch(() => ({ code: "internal_error" }));
  const errors = body.errors?.map((wrong) => ({ ...wrong, message: fieldErrorText(wrong) }));
  return new ApiError(response.status, { ...body, errors }, Number(response.headers.get("Retry-After") ?? 0));
}

/** The address of a call. Empty query parameters are left out. @param {string} template @param {Args} args */
export function address(template, { path = {}, query = {} }) {
  const filled = Object.entries(query).filter(([, value]) => value !== "" && value != null);
  const text = new URLSearchParams(filled.map(([key, value]) => [key, String(value)])).toString();
  const where = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name]));
  return BASE + where + (text && `?${text}`);
}

/**
 * @param {string} call `GET /games/{name}`
 * @param {Args} args
 * @param {string | null} [bearer] the token to send; by default the one of the signed-in player
 */
async function send(call, args, bearer = token.get()) {
  const [method, template] = call.split(" ");
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", "Accept-Language": language };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  if (args.body !== undefined) headers["Content-Type"] = "application/json";
  const body = args.body === undefined ? undefined : JSON.stringify(args.body);
  let response;
  try {
    response = await fetch(address(template, args), { method, headers, body });
  } catch {
    throw new ApiError(0, { code: "offline" });
  }
  if (response.ok) return response;
  const error = await failure(response);
  const dead = error.code === "token_invalid" || error.code === "token_expired";
  if (dead && bearer && bearer === token.get() && args.body === undefined)
    wire.signOut(error.body.reason ?? error.code);
  throw error;
}

export const api = {
  /**
   * Make a call and return its answer. Rejects with an ApiError.
   * @template {keyof HttpCalls} C
   * @param {C} call
   * @param {import("./shapes.d.ts").HttpArgs<C>} rest
   * @returns {Promise<HttpCalls[C]["answer"]>}
   */
  async request(call, ...rest) {
    const response = await send(call, /** @type {Args} */ (rest[0] ?? {}));
    return response.status === 204 || response.status === 202 ? null : response.json();
  },

  /**
   * The same, with the server's time at which it answered, in ms since the epoch.
   * @template {keyof HttpCalls} C
   * @param {C} call
   * @param {import("./shapes.d.ts").HttpArgs<C>} rest
   * @returns {Promise<{answer: HttpCalls[C]["answer"], answeredAt: number}>}
   */
  async requestWithTime(call, ...rest) {
    const response = await send(call, /** @type {Args} */ (rest[0] ?? {}));
    const date = Date.parse(response.headers.get("Date") ?? "");
    return { answer: await response.json(), answeredAt: Number.isNaN(date) ? wire.serverNow() : date };
  },

  /**
   * Save a list, or a hand, as a file.
   * @param {import("./shapes.d.ts").ListCall | "GET /rounds/{round}/hand"} call
   * @param {Query} query
   * @param {string} filename
   * @param {Record<string, string>} [path]
   */
  async download(call, query, filename, path) {
    const response = await send(call, { query, path });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = filename;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  },

  /** A hand in words. @param {string} round */
  async handText(round) {
    const response = await send("GET /rounds/{round}/hand", { path: { round }, query: { format: "text" } });
    return response.text();
  },

  /** Sign out here and on the server. */
  async logOut() {
    const used = token.get();
    wire.signOut();
    await send("POST /auth/logout", {}, used).catch(() => undefined);
  },
};
