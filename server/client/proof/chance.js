/** Turns seeds into draws with WebCrypto's HMAC-SHA256. The stream is the same as the server's. */

const text = new TextEncoder();

/** @param {ArrayBuffer} bytes */
function toHex(bytes) {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The SHA-256 of a server seed in hex, which the server publishes before the round takes bets.
 * @param {string} serverSeed
 * @returns {Promise<string>}
 */
export async function commitment(serverSeed) {
  return toHex(await crypto.subtle.digest("SHA-256", text.encode(serverSeed)));
}

/**
 * The first `count` draws in [0, 1), each a multiple of 2**-32, so exact in a double.
 * Block i is HMAC-SHA256(serverSeed, "clientSeed:nonce:i"); every 4 bytes of it give one draw.
 * @param {string} serverSeed
 * @param {string} clientSeed
 * @param {number} nonce
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function floats(serverSeed, clientSeed, nonce, count) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", text.encode(serverSeed), algorithm, false, ["sign"]);
  /** @type {number[]} */
  const draws = [];
  for (let block = 0; draws.length < count; block++) {
    const message = text.encode(`${clientSeed}:${nonce}:${block}`);
    const digest = new DataView(await crypto.subtle.sign("HMAC", key, message));
    for (let at = 0; at < 32; at += 4) draws.push(digest.getUint32(at) / 2 ** 32);
  }
  return draws.slice(0, count);
}
