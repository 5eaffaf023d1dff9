/** The moment of a win: chips fly from the game to where they go, and the amount counts up. It is for the eyes only. */

import { chipsExact } from "../format.js";
import { texts } from "../texts.js";
import { partDone } from "../ui/part_done.js";

/** @typedef {import("./happenings.js").OwnResult} OwnResult */
/** @typedef {{x: number, y: number}} Point */

const WIN = { chips: 6, ms: 900, spread: 40 };
const BIG_WIN = { chips: 18, ms: 1_900, spread: 120 };
const FLIGHT = 0.55;

/** @param {Element | null} element @returns {Point | null} */
function middleOf(element) {
  const box = element?.getBoundingClientRect();
  return box && box.width > 0 ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : null;
}

/** @param {string} name @param {string} [words] */
function part(name, words = "") {
  const node = document.createElement("span");
  node.className = name;
  node.textContent = words;
  return node;
}

/** @param {HTMLElement} chip @param {Point} from @param {Point} to @param {typeof WIN} look @param {number} index */
function fly(chip, from, to, { ms, spread, chips }, index) {
  const angle = (index / chips) * 2 * Math.PI;
  const out = { x: from.x + Math.cos(angle) * spread, y: from.y + Math.sin(angle) * spread * 0.6 };
  const at = ({ x = 0, y = 0 }, scale = 1) => `translate(${x}px, ${y}px) scale(${scale})`;
  chip.animate(
    [
      { transform: at(from, 0.2), opacity: 0 },
      { transform: at(out), opacity: 1, offset: 0.35, easing: "cubic-bezier(0.5, 0, 0.8, 0.5)" },
      { transform: at(to, 0.5), opacity: 1, offset: 0.97 },
      { transform: at(to, 0.2), opacity: 0 },
    ],
    { duration: ms * FLIGHT, delay: (index / chips) * ms * (1 - FLIGHT), fill: "both" },
  );
}

/**
 * Show the moment of a win.
 * @param {OwnResult} result
 * @param {Element | null} from
 * @param {Element | null} to
 * @returns {() => void} stops it
 */
export function celebrate({ kind, net }, from, to) {
  const [start, end] = [middleOf(from), middleOf(to)];
  if (!start || !end) return () => undefined;
  const look = kind === "big-win" ? BIG_WIN : WIN;
  const layer = part(`win-moment ${kind}`);
  layer.setAttribute("aria-hidden", "true");
  layer.dataset.testid = "win-moment";
  const [amount, label] = [part("win-amount number"), part("win-label")];
  if (kind === "big-win") label.append(part("win-big", texts.room.bet.bigWin));
  label.append(amount);
  // A big win may lie on the edge of the game; others show where the chips go, so that nothing of the game is covered.
  const at = kind === "big-win" ? { x: start.x, y: from?.getBoundingClientRect().top ?? start.y } : end;
  label.style.left = `${at.x}px`;
  label.style.top = `${at.y}px`;
  const chips = Array.from({ length: look.chips }, () => part("win-chip"));
  layer.append(label, ...chips);
  document.body.append(layer);
  chips.forEach((chip, index) => void fly(chip, start, end, look, index));
  const began = performance.now();
  let frame = requestAnimationFrame(function step(now) {
    const done = partDone(now, began, look.ms * 0.6);
    amount.textContent = `+${chipsExact(Math.round(net * (1 - (1 - done) ** 3)))}`;
    if (done < 1) frame = requestAnimationFrame(step);
  });
  const stop = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    layer.remove();
  };
  const timer = setTimeout(stop, look.ms);
  return stop;
}
