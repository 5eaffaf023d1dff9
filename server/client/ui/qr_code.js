/** A QR code as SVG. It is dark on white in both themes, with the quiet zone that readers need. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { updates } from "../updates.js";

/** The quiet zone in modules, which are the squares of the code (ISO/IEC 18004). */
const QUIET = 4;

/**
 * The path of the dark modules, as one rectangle for each run in a row.
 * @param {boolean[][]} modules rows of modules, true is dark
 */
export function pathOf(modules) {
  let path = "";
  for (const [y, row] of modules.entries()) {
    for (let x = 0; x < row.length; x += 1) {
      let end = x;
      while (row[end]) end += 1;
      if (end > x) path += `M${x} ${y}h${end - x}v1h${x - end}z`;
      x = end;
    }
  }
  return path;
}

/** @param {{address: string, label: string}} props */
export function QrCode({ address, label }) {
  const modules = useSignal(/** @type {boolean[][]} */ ([]));
  useEffect(() => {
    import("qr").then(
      ({ encodeQR }) => (modules.value = encodeQR(address, "raw", { border: QUIET })),
      (error) => void updates.missed(error),
    );
  }, [address]);
  const side = modules.value.length;
  return html`<svg class="qr-code" viewBox=${`0 0 ${side} ${side}`} role="img" aria-label=${label} shape-rendering="crispEdges">
    <rect width=${side} height=${side} fill="#fff" />
    <path d=${pathOf(modules.value)} fill="#000" />
  </svg>`;
}
