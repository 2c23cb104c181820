// @ts-check
/** The object boxes, numbered, in one source for both panels. Those of the open text are lit, those pointed at stronger. */

import { extentOf } from "../pixels.js";

/** @typedef {import("../review/contract").Box} Box */

const PLAIN = "#ffd34d";
const LIT = "#4fe0ef";
const LABEL_FONT = "600 10px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/**
 * @param {Box} box
 * @param {number} rows
 */
function featureOf(box, rows) {
  const [left, bottom, right, top] = extentOf(box, rows);
  const ring = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]];
  const found = new ol.Feature(new ol.geom.Polygon([ring]));
  found.setProperties({ box, corner: new ol.geom.Point([left, top]) });
  return found;
}

/**
 * @param {string} text
 * @param {string} colour
 * @param {import("ol/geom/Point").default} corner
 */
function labelStyle(text, colour, corner) {
  return new ol.style.Style({
    geometry: corner,
    text: new ol.style.Text({
      text,
      font: LABEL_FONT,
      fill: new ol.style.Fill({ color: "#000" }),
      backgroundFill: new ol.style.Fill({ color: colour }),
      padding: [1, 2, 0, 3],
      textAlign: "left",
      textBaseline: "bottom",
      offsetX: 3,
      offsetY: -2,
    }),
  });
}

/**
 * @param {Box} box
 * @param {import("ol/geom/Point").default} corner
 * @param {"plain" | "lit" | "hot"} state
 */
function stylesOf(box, corner, state) {
  const colour = state === "plain" ? PLAIN : LIT;
  const width = state === "hot" ? 2.5 : 1.5;
  return [
    new ol.style.Style({
      stroke: new ol.style.Stroke({ color: "rgba(0, 0, 0, 0.55)", width: width + 2 }),
      // As good as unseen, but makes the inside of a box answer to the pointer.
      fill: new ol.style.Fill({ color: "rgba(0, 0, 0, 0.001)" }),
    }),
    new ol.style.Style({ stroke: new ol.style.Stroke({ color: colour, width }) }),
    labelStyle(state === "hot" ? `${box.number} ${box.category}` : String(box.number), colour, corner),
  ];
}

export class Boxes {
  /** @type {Set<number>} */
  #lit = new Set();
  /** @type {Set<number>} */
  #hot = new Set();
  #isShown = true;

  /**
   * @param {Box[]} boxes
   * @param {number} rows
   */
  constructor(boxes, rows) {
    this.source = new ol.source.Vector({ features: boxes.map((box) => featureOf(box, rows)) });
  }

  /** A layer for one panel. */
  layer() {
    return new ol.layer.Vector({ source: this.source, style: (found) => this.#style(found), zIndex: 10, updateWhileInteracting: true });
  }

  /** @param {import("ol/Feature").FeatureLike} found */
  #style(found) {
    const box = /** @type {Box} */ (found.get("box"));
    const state = this.#hot.has(box.number) ? "hot" : this.#lit.has(box.number) ? "lit" : "plain";
    return this.#isShown || state === "hot" ? stylesOf(box, found.get("corner"), state) : [];
  }

  /** @param {Iterable<number>} numbers boxes of the open text */
  light(numbers) {
    this.#lit = new Set(numbers);
    this.source.changed();
  }

  /** @param {Iterable<number>} numbers boxes pointed at, in the image or in a text */
  heat(numbers) {
    this.#hot = new Set(numbers);
    this.source.changed();
  }

  /** @param {boolean} isShown */
  show(isShown) {
    this.#isShown = isShown;
    this.source.changed();
  }
}
