/** The wheel, drawn once and turned by transforms, with the phase or the result in its middle. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { announce, reducedMotion } from "../../dom.js";
import { html } from "../../html.js";
import { useReveal } from "../../room/reveal.js";
import { texts } from "../../texts.js";
import { useNow } from "../../ui/now.js";
import { colourOf, ORDER, pocketName } from "./pockets.js";
import { angleOf, Spin } from "./spin.js";
import { lingers } from "./tile.js";

const text = texts.games.roulette.face;

/** @typedef {import("../../rooms.js").RoomStore} RoomStore */
/**
 * @typedef {{
 *   stage: "still" | "runs" | "falls" | "lies",
 *   pocket: number | null,
 * }} Ball where the ball is; the pocket is the last one that it fell into, or falls into
 */

const HALF = 180 / ORDER.length;
const [RIM, INNER, LABELS] = [91, 60, 82];
/** The ball's distance from the centre in hundredths of the radius: in a pocket, and on the track. */
const [LOW, HIGH] = [67, 95.5];

/** @param {number} radius @param {number} degrees clockwise from the top */
function point(radius, degrees) {
  const angle = (degrees * Math.PI) / 180;
  return `${(radius * Math.sin(angle)).toFixed(2)} ${(-radius * Math.cos(angle)).toFixed(2)}`;
}

const SECTOR = [
  `M${point(INNER, -HALF)}L${point(RIM, -HALF)}A${RIM} ${RIM} 0 0 1 ${point(RIM, HALF)}`,
  `L${point(INNER, HALF)}A${INNER} ${INNER} 0 0 0 ${point(INNER, -HALF)}Z`,
].join("");

function Drawing() {
  return html`<svg viewBox="-100 -100 200 200" aria-hidden="true">
    <circle class="rl-wheel-rim" r="99" />
    ${ORDER.map(
      (number) => html`<g key=${number} transform=${`rotate(${angleOf(number).toFixed(3)})`} class=${colourOf(number)}>
        <path d=${SECTOR} /><text y=${-LABELS}>${number}</text>
      </g>`,
    )}
    <circle class="rl-wheel-line" r="74" />
    <circle class="rl-wheel-hub" r=${INNER} />
  </svg>`;
}

/**
 * The stage of the ball, and the refs of the moving elements.
 * @param {RoomStore} store
 */
export function useBall(store) {
  const ball = useSignal(
    /** @type {Ball} */ ({ stage: "still", pocket: store.history.peek()[0]?.outcome.pocket ?? null }),
  );
  const wheelNode = useRef(/** @type {HTMLElement | null} */ (null));
  const ballNode = useRef(/** @type {HTMLElement | null} */ (null));
  const motion = useMemo(() => new Spin(), []);
  const frame = useRef(0);
  const seen = useRef(store.last.peek()?.round);

  const show = () => {
    cancelAnimationFrame(frame.current);
    const { wheel, ball: angle, height, moving } = motion.at(performance.now());
    if (wheelNode.current) wheelNode.current.style.transform = `rotate(${wheel}deg)`;
    if (ballNode.current) {
      const radius = (LOW + (HIGH - LOW) * height) / 2;
      ballNode.current.style.transform = `rotate(${wheel + angle}deg) translateY(${-radius}cqmin)`;
    }
    if (moving) frame.current = requestAnimationFrame(show);
  };

  const { phase } = store.view.value;
  const last = store.state.value?.last;
  const hidden = store.reveals.hides(last?.round);
  useReveal(store, () => true);
  useEffect(() => {
    if (ball.peek().pocket !== null) motion.rest(/** @type {number} */ (ball.peek().pocket));
    show();
    return () => cancelAnimationFrame(frame.current);
  }, []);
  useEffect(() => {
    if (!last || !hidden) return undefined;
    const { pocket } = last.outcome;
    const fallMs = motion.fall(pocket, performance.now());
    ball.value = { stage: "falls", pocket };
    show();
    const down = setTimeout(() => {
      // If betting times are short, the ball may already be rolling again.
      if (ball.peek().stage === "falls") ball.value = { stage: "lies", pocket };
      store.reveals.end(last.round);
    }, fallMs);
    return () => {
      clearTimeout(down);
      store.reveals.end(last.round);
    };
  }, [last?.round, hidden]);
  useEffect(() => {
    if (!last || hidden || last.round === seen.current) return undefined;
    seen.current = last.round;
    const { pocket } = last.outcome;
    announce(text.saidPocket(pocketName(pocket)));
    if (store.view.peek().phase === "running") return undefined;
    if (ball.peek().stage !== "lies") motion.rest(pocket);
    show();
    ball.value = { stage: "lies", pocket };
    const gone = setTimeout(() => {
      if (ball.peek().stage === "lies") ball.value = { stage: "still", pocket };
    }, lingers);
    return () => clearTimeout(gone);
  }, [last?.round, hidden]);
  useEffect(() => {
    if (phase === "running") {
      announce(text.saidRuns);
      ball.value = { ...ball.peek(), stage: "runs" };
      if (!reducedMotion()) motion.run(performance.now());
    } else if (ball.peek().stage === "runs") {
      // We missed the end: a snapshot shows that the round is over.
      const pocket = store.history.peek()[0]?.outcome.pocket ?? null;
      if (pocket !== null) motion.rest(pocket);
      ball.value = { stage: "still", pocket };
    }
    show();
  }, [phase]);
  return { ball, wheelNode, ballNode };
}

/** @param {{store: RoomStore, ball: Ball}} props */
function Middle({ store, ball }) {
  const { phase, closes_at: closesAt } = store.view.value;
  const counts = phase === "betting" && ball.stage === "still" && closesAt !== undefined;
  useNow(200, counts);
  if (ball.stage === "lies" && ball.pocket !== null) {
    const colour = colourOf(ball.pocket);
    return html`<p class=${`rl-wheel-result ${colour}`}>
      <strong>${ball.pocket}</strong> <span>${text.colours[colour]}</span></p>`;
  }
  if (ball.stage === "runs") return html`<p class="rl-wheel-words">${text.closed}</p>`;
  if (!counts) return html`<p class="rl-wheel-words dim">${ball.stage === "falls" ? "" : text.waiting}</p>`;
  const left = Math.ceil((closesAt - store.now()) / 1000);
  if (left <= 0) return html`<p class="rl-wheel-words">${text.closed}</p>`;
  return html`<p class="rl-wheel-count" data-part="clock"><strong class="number">${left}</strong> <span>${text.place}</span></p>`;
}

/** @param {{store: RoomStore, turning: ReturnType<typeof useBall>}} props */
export function Wheel({ store, turning: { ball, wheelNode, ballNode } }) {
  const { stage, pocket } = ball.value;
  const label = useComputed(() => {
    const now = ball.value;
    if (now.stage === "runs" || now.stage === "falls") return text.wheelRuns;
    return now.pocket === null ? text.wheelEmpty : text.wheel(pocketName(now.pocket));
  });
  return html`<div class="rl-wheel" data-part="board" role="img" aria-label=${label} data-testid="wheel" data-stage=${stage}
    data-pocket=${pocket}>
    <div class="rl-wheel-turn" ref=${wheelNode}><${Drawing} /></div>
    <div class="rl-wheel-ball" ref=${ballNode} hidden=${pocket === null && stage === "still"}></div>
    <div class="rl-wheel-middle" aria-hidden="true"><${Middle} store=${store} ball=${ball.value} /></div>
  </div>`;
}
