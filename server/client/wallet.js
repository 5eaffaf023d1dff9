/** The wallet as the server last reported it. It follows `version` and never goes back. */

import { computed, signal } from "@preact/signals-core";

/** @typedef {import("./shapes.d.ts").WalletState} WalletState */

/** @type {import("@preact/signals-core").Signal<WalletState | null>} */
export const wallet = signal(null);

/** The cents that can be staked now. */
export const available = computed(() => (wallet.value ? wallet.value.balance - wallet.value.held : 0));

/**
 * The newer of two wallets. A hold does not change the version, so with equal versions an in-order report wins.
 * @param {WalletState | null} known
 * @param {WalletState} reported
 * @param {boolean} inOrder false for an HTTP answer, which the socket may overtake
 * @returns {WalletState}
 */
export function newer(known, reported, inOrder) {
  const later = !known || reported.version > known.version || (inOrder && reported.version === known.version);
  return later ? { balance: reported.balance, held: reported.held, version: reported.version } : known;
}

/** @param {WalletState} reported @param {boolean} [inOrder] */
export function walletReported(reported, inOrder = true) {
  wallet.value = newer(wallet.peek(), reported, inOrder);
}
