/** The balance over the latest transactions, as a chart and in words. */

import { useEffect, useRef } from "preact/hooks";
import { colour } from "../dom.js";
import { chips, dateTime, number } from "../format.js";
import { html } from "../html.js";
import { texts } from "../texts.js";
import { theme } from "../theme.js";

const t = texts.shell.wallet;
const HEIGHT = 200;

/** @typedef {{created_at: string, balance_after: number}} Point */

/** @param {HTMLElement} frame @param {Point[]} points oldest first */
async function draw(frame, points) {
  const { default: UPlot } = await import("uplot");
  const data = /** @type {import("uplot").AlignedData} */ ([
    points.map((_, index) => index),
    points.map((point) => point.balance_after / 100),
  ]);
  const dim = colour("--text-dim");
  const grid = { stroke: colour("--line"), width: 1 };
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  return new UPlot(
    {
      width: frame.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false } },
      axes: [
        { show: false },
        {
          stroke: dim,
          grid,
          ticks: { show: false },
          font,
          size: 72,
          values: (_, ticks) => ticks.map((tick) => number(tick)),
        },
      ],
      series: [
        {},
        { stroke: colour("--accent"), width: 2, points: { show: points.length < 60 }, fill: colour("--accent-wash") },
      ],
    },
    data,
    frame,
  );
}

/** @param {Point[]} points oldest first */
function describe(points) {
  const values = points.map((point) => point.balance_after);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return t.chartText(
    dateTime(points[0].created_at),
    dateTime(points[points.length - 1].created_at),
    chips(low),
    chips(high),
  );
}

/** @param {{items: Point[]}} props newest first */
export function BalanceChart({ items }) {
  const frame = useRef(/** @type {HTMLDivElement | null} */ (null));
  const points = items.toReversed();
  useEffect(() => {
    const node = frame.current;
    if (!node || points.length < 2) return undefined;
    /** @type {import("uplot") | null} */
    let plot = null;
    let current = true;
    void draw(node, points).then((made) => {
      if (current) plot = made;
      else made.destroy();
    });
    const watcher = new ResizeObserver(() => plot?.setSize({ width: node.clientWidth, height: HEIGHT }));
    watcher.observe(node);
    return () => {
      current = false;
      watcher.disconnect();
      plot?.destroy();
    };
  }, [items, theme.value]);
  if (points.length < 2) return null;
  return html`<figure class="surface stack" data-testid="balance-chart">
    <figcaption><h2>${t.chart}</h2><p class="small dim">${describe(points)}</p></figcaption>
    <div class="chart" ref=${frame} aria-hidden="true"></div>
  </figure>`;
}
