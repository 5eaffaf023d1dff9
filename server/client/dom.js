/** DOM helpers: announcements, focus, colours for canvases, style sheets. */

/** Announce text to screen readers; `urgent` interrupts. @param {string} text @param {boolean} [urgent] */
export function announce(text, urgent = false) {
  const region = document.getElementById(urgent ? "assertive" : "polite");
  if (!region) return;
  const line = document.createElement("p");
  line.textContent = text;
  region.append(line);
  while (region.childElementCount > 3) region.firstElementChild?.remove();
  setTimeout(() => line.remove(), 10_000);
}

/** Focus the page's heading, so that screen readers start there. */
export function focusHeading() {
  const heading = document.querySelector("main h1");
  const target = heading instanceof HTMLElement ? heading : document.getElementById("main");
  if (!target) return;
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

/** True if the target is a field, to which the keys then belong. @param {EventTarget | null} target */
export function inField(target) {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable], dialog *");
}

/** An event handler that gets the text of the field. @param {(text: string) => void} take */
export const onText = (take) => (/** @type {Event} */ event) => {
  take(/** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value);
};

/** The computed colour of a token, for a canvas. @param {string} token `--accent` */
export function colour(token) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @type {Map<string, Promise<void>>} */
const sheets = new Map();

/** Load a style sheet once; resolves when it is loaded or has failed. @param {string} href */
export function loadStyle(href) {
  const known = sheets.get(href);
  if (known) return known;
  // The page of a room comes with the style sheet of its game, which was loaded before this script ran.
  if (document.head.querySelector(`link[rel="stylesheet"][href="${href}"]`)) return Promise.resolve();
  const loaded = new Promise((/** @type {(value: void) => void} */ resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.onload = () => resolve();
    link.onerror = () => resolve();
    document.head.append(link);
  });
  sheets.set(href, loaded);
  return loaded;
}
