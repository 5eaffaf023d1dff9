/** The icons of the shell, drawn in the text colour. */

import { html } from "../html.js";

const paths = {
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8.5a7.5 7.5 0 0 1 15 0",
  eye: "M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12Zm10 2.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z",
  players:
    "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8",
  warning:
    "M12 9v4.5m0 3v.2M10.4 4 2.6 17.6A1.9 1.9 0 0 0 4.2 20.5h15.6a1.9 1.9 0 0 0 1.6-2.9L13.6 4a1.9 1.9 0 0 0-3.2 0Z",
  check: "m5 12.5 4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6 6 18",
  down: "m6 9.5 6 6 6-6",
  download: "M12 4v11m0 0-4.5-4.5M12 15l4.5-4.5M4.5 19.5h15",
};

/** @param {{name: keyof typeof paths}} props */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${paths[name]} /></svg>`;
}

/** The logo: a chip. */
export function Mark() {
  return html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <circle class="mark-fill" cx="16" cy="16" r="15" />
    <circle class="mark-dashes" cx="16" cy="16" r="13" fill="none" stroke-width="3" stroke-dasharray="5.1 5.1" />
    <circle class="mark-dot" cx="16" cy="16" r="8.5" />
    <path class="mark-letter" d="M19.6 13a4.7 4.7 0 1 0 0 6" fill="none" stroke-width="2.4" stroke-linecap="round" />
  </svg>`;
}
