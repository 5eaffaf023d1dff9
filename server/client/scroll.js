/**
 * Brings a page to which the player goes back to where it was scrolled, also after a reload. Each entry of the tab's
 * history keeps its own place. The browser would scroll before the page is loaded.
 */

const PAUSE_MS = 150;
const SETTLE_MS = 1_000;

/** The place of the entry that is being shown again; null: none is. @type {number | null} */
let goingTo = null;

/** Keep the place of the page that is shown, before another one is. */
export function keepScroll() {
  if (goingTo === null) history.replaceState({ ...history.state, scrolledTo: scrollY }, "");
}

/** To be called when the player goes back or forward, with the state of that entry. @param {any} state */
export function goToScroll(state) {
  goingTo = typeof state?.scrolledTo === "number" ? state.scrolledTo : 0;
}

/** Keep places from now on. The page that opens first may be a reload. */
export function startScroll() {
  history.scrollRestoration = "manual";
  goToScroll(history.state);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  addEventListener(
    "scroll",
    () => {
      clearTimeout(timer);
      timer = setTimeout(keepScroll, PAUSE_MS);
    },
    { passive: true },
  );
  for (const own of ["wheel", "touchstart", "keydown"]) addEventListener(own, stop, { passive: true });
}

function stop() {
  goingTo = null;
}

/** The page is there: scroll to its place as soon as it is long enough. */
export function restoreScroll() {
  const until = performance.now() + SETTLE_MS;
  const step = () => {
    if (goingTo === null) return;
    scrollTo(0, goingTo);
    if (Math.abs(scrollY - goingTo) < 1 || performance.now() > until) goingTo = null;
    else requestAnimationFrame(step);
  };
  step();
}
