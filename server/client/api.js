/** The HTTP API: JSON in, JSON out, problem documents as errors. */

import { token } from "./token.js";
import { wire } from "./wire.js";

const BASE = "/api/v1";

/** An answer that says no. `code` is the server's, or `offline` when there was no answer. */
export class ApiError extends Error {
  /** @param {number} status @param {Record<string, any>} body @param {number} retryAfter seconds, 0 if not told */
  constructor(status, body, retryAfter = 0) {
    super(body.detail ?? body.title ?? body.code);
    this.name = "ApiError";
    this.status = status;
    /** @type {string} */
    this.code = body.code ?? "internal_error";
    /** @type {{field: string, code: string, message: string}[]} */
    this.errors = body.errors ?? [];
    this.retryAfter = retryAfter;
    /** @type {Record<string, any>} */
    this.extra = body;
  }
}

/** @param {Response} response */
async function failure(response) {
  const body = await response.json().catch(() => ({ code: "internal_error" }));
  return new ApiError(response.status, body, Number(response.headers.get("Retry-After") ?? 0));
}

/**
 * @param {string} method @param {string} path below /api/v1 @param {unknown} [body]
 * @param {string | null} [as] a token; by default the one we are signed in with
 * @returns {Promise<Response>}
 */
async function call(method, path, body, as = token.get()) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (as) headers.Authorization = `Bearer ${as}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, { code: "offline" });
  }
  if (response.ok) return response;
  const error = await failure(response);
  const dead = error.code === "token_invalid" || error.code === "token_expired";
  if (dead && as && as === token.get() && body === undefined) wire.signOut(error.code);
  throw error;
}

/** @param {string} method @returns {(path: string, body?: unknown) => Promise<any>} */
const withBody = (method) => async (path, body) => {
  const response = await call(method, path, body);
  return response.status === 204 || response.status === 202 ? null : response.json();
};

/** Leaves out what is empty. @param {Record<string, string | number | null | undefined>} params */
export function query(params) {
  const filled = Object.entries(params).filter(([, value]) => value !== "" && value != null);
  const text = new URLSearchParams(filled.map(([key, value]) => [key, String(value)])).toString();
  return text && `?${text}`;
}

export const api = {
  /** @param {string} path @param {Record<string, string | number | null | undefined>} [params] @returns {Promise<any>} */
  get: async (path, params = {}) => (await call("GET", path + query(params))).json(),
  post: withBody("POST"),
  put: withBody("PUT"),
  patch: withBody("PATCH"),
  delete: withBody("DELETE"),

  /** Fetch a file as the signed-in player and hand it to the browser. @param {string} path @param {Record<string, any>} params @param {string} name */
  async download(path, params, name) {
    const response = await call("GET", path + query(params));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  },

  /** Sign out here and on the server. */
  async logOut() {
    const used = token.get();
    wire.signOut();
    await call("POST", "/auth/logout", undefined, used).catch(() => undefined);
  },
};
