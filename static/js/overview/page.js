// @ts-check
/** An admin's first page: looks again every few seconds while it can be seen, and draws its tables as charts. */

import { slot } from "../dom.js";
import { REFUSED } from "../refreshing.js";
import { TableChart } from "./charts.js";

const LOOK_MS = 5000;

/** @type {Map<HTMLElement, TableChart>} */
const charts = new Map();
let lookedAt = Date.now();

function drawCharts() {
  const figures = [...document.querySelectorAll("[data-chart]")].filter((one) => one instanceof HTMLElement);
  for (const [figure, chart] of charts) {
    if (figure.isConnected) continue;
    chart.end();
    charts.delete(figure);
  }
  for (const figure of figures) {
    if (!charts.has(figure)) fold(figure);
    const chart = charts.get(figure) ?? new TableChart(figure);
    charts.set(figure, chart);
    chart.draw();
  }
}

/** Beside its chart a table is folded; without scripts it stands open. @param {HTMLElement} figure */
function fold(figure) {
  for (const details of figure.querySelectorAll("details")) details.open = false;
}

function look() {
  if (document.hidden || Date.now() - lookedAt < LOOK_MS) return;
  lookedAt = Date.now();
  document.querySelector("#live")?.dispatchEvent(new CustomEvent("look"));
}

/** @param {string} sentence */
const tell = (sentence) => slot("live").replaceChildren(sentence);

document.addEventListener("htmx:after:swap", () => {
  tell("Looks again every five seconds.");
  drawCharts();
});
for (const failed of ["htmx:error", REFUSED]) {
  document.addEventListener(failed, () => tell("The server does not answer: figures are as of the last look. It is tried again."));
}
new MutationObserver(drawCharts).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawCharts);
document.addEventListener("visibilitychange", look);
setInterval(look, 1000);
tell("Looks again every five seconds.");
drawCharts();
