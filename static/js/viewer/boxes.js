// @ts-check
/** The object boxes, numbered, in one source for both panels. Those of the open text are lit, those pointed at stronger. */

import { extentOf, flip } from "../pixels.js";

/** @typedef {import("../review/contract").Box} Box */

const PLAIN = "#ffd34d";
const LIT = "#4fe0ef";
const LABEL_FONT = "600 10px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** The height of a number on the screen, and its width by its digits. */
const LABEL_PX = 15;
const labelWidth = (/** @type {number} */ number) => 9 + 6.5 * String(number).length;
/** So many boxes at once are named; of more, a screenful of names would hide them. */
const FEW = 3;

/**
 * For each box, the coarsest resolution (image pixels a screen pixel) at which its number lies on no earlier one.
 * @param {Box[]} boxes
 */
function clearances(boxes) {
  return boxes.map((box, at) =>
    boxes.slice(0, at).reduce((least, { number, x_min, y_min }) => {
      const width = labelWidth(x_min < box.x_min ? number : box.number);
      return Math.min(least, Math.max(Math.abs(x_min - box.x_min) / width, Math.abs(y_min - box.y_min) / LABEL_PX));
    }, Infinity),
  );
}

/**
 * @param {Box} box
 * @param {number} rows
 * @param {number} clearance
 */
function featureOf(box, rows, clearance) {
  const [left, bottom, right, top] = extentOf(box, rows);
  const ring = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]];
  const found = new ol.Feature(new ol.geom.Polygon([ring]));
  found.setProperties({ box, clearance, corner: new ol.geom.Point([left, top]) });
  return found;
}

/**
 * @param {string} text
 * @param {string} colour
 * @param {import("ol/geom/Point").default} corner
 * @param {number} zIndex
 */
function labelStyle(text, colour, corner, zIndex) {
  return new ol.style.Style({
    zIndex,
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

const ORDER = { plain: 1, lit: 3, hot: 5 };

/**
 * @param {string | null} label
 * @param {import("ol/geom/Point").default} corner
 * @param {keyof typeof ORDER} state
 */
function stylesOf(label, corner, state) {
  const zIndex = ORDER[state];
  const colour = state === "plain" ? PLAIN : LIT;
  const width = state === "hot" ? 2.5 : 1.5;
  return [
    new ol.style.Style({
      stroke: new ol.style.Stroke({ color: "rgba(0, 0, 0, 0.55)", width: width + 2 }),
      zIndex,
    }),
    new ol.style.Style({ stroke: new ol.style.Stroke({ color: colour, width }), zIndex }),
    ...(label === null ? [] : [labelStyle(label, colour, corner, zIndex + 1)]),
  ];
}

/** Drawing both images again costs more than looking. @param {Set<number>} one @param {Set<number>} other */
const isSame = (one, other) => one.size === other.size && [...one].every((number) => other.has(number));

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
    this.rows = rows;
    // Of boxes inside each other the smallest answers: a large one must not hide those inside it.
    this.bySize = [...boxes].sort((one, other) => one.width * one.height - other.width * other.height);
    const clear = clearances(boxes);
    this.source = new ol.source.Vector({ features: boxes.map((box, at) => featureOf(box, rows, clear[at] ?? Infinity)) });
  }

  /** A layer for one panel. */
  layer() {
    return new ol.layer.Vector({ source: this.source, style: (found, resolution) => this.#style(found, resolution), zIndex: 10, updateWhileInteracting: true });
  }

  /**
   * @param {import("ol/Feature").FeatureLike} found
   * @param {number} resolution image pixels a screen pixel
   */
  #style(found, resolution) {
    const { number, category } = /** @type {Box} */ (found.get("box"));
    const state = this.#hot.has(number) ? "hot" : this.#lit.has(number) ? "lit" : "plain";
    if (!this.#isShown && state !== "hot") return [];
    const isNamed = state === "hot" && this.#hot.size <= FEW;
    const isNumbered = resolution <= found.get("clearance") || (state === "lit" && this.#lit.size <= FEW);
    return stylesOf(isNamed ? `${number} ${category}` : isNumbered ? String(number) : null, found.get("corner"), state);
  }

  /**
   * The smallest shown box at a map coordinate.
   * @param {[number, number]} coordinate
   * @param {number} tolerance in image pixels
   * @returns {number[]} its number, or nothing
   */
  numbersAt(coordinate, tolerance) {
    if (!this.#isShown) return [];
    const [x, y] = flip(coordinate, this.rows);
    const found = this.bySize.find(
      ({ x_min, y_min, width, height }) =>
        x >= x_min - tolerance && x <= x_min + width + tolerance && y >= y_min - tolerance && y <= y_min + height + tolerance,
    );
    return found ? [found.number] : [];
  }

  /** @param {Iterable<number>} numbers boxes of the open text */
  light(numbers) {
    const wanted = new Set(numbers);
    if (isSame(wanted, this.#lit)) return;
    this.#lit = wanted;
    this.source.changed();
  }

  /** @param {Iterable<number>} numbers boxes pointed at, in the image or in a text */
  heat(numbers) {
    const wanted = new Set(numbers);
    if (isSame(wanted, this.#hot)) return;
    this.#hot = wanted;
    this.source.changed();
  }

  /** @param {boolean} isShown */
  show(isShown) {
    this.#isShown = isShown;
    this.source.changed();
  }
}
