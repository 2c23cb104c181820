// @ts-check
/** One chart a table: bars side by side for days, bars of parts for shares. Drawn anew when the table or theme changes. */

import { element } from "../dom.js";
import { fill } from "./patterns.js";
import { figuresOf } from "./tables.js";

const ROW_PX = 30;
const FRAME_PX = 78;
const DAYS_PX = 200;
const MOST_ROWS = 14;
/** Characters of a name before it is cut; the table has it whole. */
const LONGEST_NAME = 28;

/** A token's colour as the theme has it now; custom properties themselves do not say which of two holds. @param {string} token */
function colourOf(token) {
  const probe = element("span", { hidden: true });
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

export class TableChart {
  /** @type {import("chart.js").Chart | null} */
  #chart = null;
  #drawn = "";

  /** @param {HTMLElement} figure with a table, a place for the canvas, and `data-chart` */
  constructor(figure) {
    this.figure = figure;
  }

  /** Draw, unless nothing has changed since. */
  draw() {
    const table = this.figure.querySelector("table");
    const place = this.figure.querySelector(".chart__canvas");
    if (!table || !(place instanceof HTMLElement)) return;
    const isByDay = this.figure.dataset.chart === "days";
    const figures = figuresOf(table, isByDay ? Infinity : MOST_ROWS);
    const wanted = JSON.stringify([figures, colourOf("ink"), colourOf("panel")]);
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    this.#chart?.destroy();
    const title = this.figure.querySelector("h3")?.textContent ?? "";
    const canvas = element("canvas", { role: "img", "aria-label": `Chart: ${title}. The table below has the same figures.` });
    place.replaceChildren(canvas);
    place.style.height = `${isByDay ? DAYS_PX : FRAME_PX + ROW_PX * figures.labels.length}px`;
    this.#chart = new Chart(canvas, configuration(figures, isByDay));
  }

  end() {
    this.#chart?.destroy();
  }
}

/**
 * @param {import("./tables.js").Figures} figures
 * @param {boolean} isByDay
 * @returns {import("chart.js").ChartConfiguration}
 */
function configuration(figures, isByDay) {
  const [ink, dim, line, panel] = ["ink", "dim", "line", "panel"].map(colourOf);
  const shown = figures.series.map((one, nth) => ({ ...one, nth })).filter((one) => isByDay || one.values.some((value) => value > 0));
  const labels = figures.labels.map((label) => (isByDay ? label.slice(5) : cut(label)));
  const ticks = { color: dim, font: { size: 11 } };
  const along = { stacked: !isByDay, beginAtZero: true, grid: { color: line }, border: { display: false } };
  const across = { stacked: !isByDay, grid: { display: false }, border: { color: line }, ticks: { ...ticks, autoSkip: isByDay } };
  const values = { ...along, ticks: isByDay ? { ...ticks, precision: 0 } : { ...ticks, callback: (/** @type {string | number} */ value) => `${value}%` } };
  return {
    type: "bar",
    data: {
      labels,
      datasets: shown.map(({ title, colour, values, nth }) => ({
        label: title,
        data: values,
        backgroundColor: fill(nth, colourOf(colour), panel ?? ""),
        borderColor: colourOf(colour),
        borderWidth: 1,
        maxBarThickness: 26,
      })),
    },
    options: {
      // Nothing moves without cause, whatever the system prefers.
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: isByDay ? "x" : "y",
      scales: isByDay ? { x: across, y: values } : { x: values, y: across },
      plugins: {
        legend: { position: "bottom", labels: { color: ink, boxWidth: 14, boxHeight: 12, font: { size: 11 } } },
        tooltip: { callbacks: { label: (item) => told(item, isByDay) } },
      },
    },
  };
}

/** @param {string} label */
const cut = (label) => (label.length > LONGEST_NAME ? `${label.slice(0, LONGEST_NAME - 1)}…` : label);

/**
 * @param {import("chart.js").TooltipItem<any>} item
 * @param {boolean} isByDay
 */
function told(item, isByDay) {
  const value = Number(item.raw);
  return `${item.dataset.label ?? ""}: ${isByDay ? value.toLocaleString("en") : `${value.toFixed(1)}%`}`;
}
