// @ts-check
/** What was counted: numbered marks in one source for both panels. */

import { flip } from "../pixels.js";

/** @typedef {import("../pixels.js").Point} Point */

const COLOUR = "#ff7ad9";
const FONT = "600 10px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
/** So near to a mark a click means it. */
export const REACH_PX = 9;

/** @param {number} number */
function styleOf(number) {
  return [
    new ol.style.Style({
      image: new ol.style.Circle({
        radius: 4.5,
        stroke: new ol.style.Stroke({ color: "#000", width: 3.5 }),
      }),
    }),
    new ol.style.Style({
      image: new ol.style.Circle({
        radius: 4.5,
        fill: new ol.style.Fill({ color: "rgba(255, 122, 217, 0.25)" }),
        stroke: new ol.style.Stroke({ color: COLOUR, width: 1.5 }),
      }),
      text: new ol.style.Text({
        text: String(number),
        font: FONT,
        offsetX: 7,
        offsetY: -8,
        textAlign: "left",
        fill: new ol.style.Fill({ color: COLOUR }),
        stroke: new ol.style.Stroke({ color: "#000", width: 3 }),
      }),
    }),
  ];
}

/**
 * The nearest of the marks within reach.
 * @param {Point[]} marks
 * @param {Point} point
 * @param {number} reach in pixels of the scene
 * @returns {number} its place among them, -1 if there is none
 */
export function nearestMark(marks, [x, y], reach) {
  const distances = marks.map((mark) => Math.hypot(mark[0] - x, mark[1] - y));
  const least = Math.min(...distances);
  return least <= reach ? distances.indexOf(least) : -1;
}

export class TallyMarks {
  source = new ol.source.Vector();

  /** A layer for one panel. */
  layer() {
    return new ol.layer.Vector({ source: this.source, zIndex: 15, updateWhileInteracting: true });
  }

  /**
   * @param {readonly Point[]} marks in pixels of the scene
   * @param {number} rows
   */
  show(marks, rows) {
    this.source.clear(true);
    this.source.addFeatures(
      marks.map((mark, at) => {
        const found = new ol.Feature(new ol.geom.Point(flip(mark, rows)));
        found.setStyle(styleOf(at + 1));
        return found;
      }),
    );
  }
}
