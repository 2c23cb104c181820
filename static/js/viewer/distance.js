// @ts-check
/** The distance between two places: metres where the size of a pixel is known, else pixels. */

import { flip } from "../pixels.js";

/** @typedef {import("../pixels.js").Point} Point */
/** @typedef {Pick<import("../review/contract").Scene, "rows" | "pixel_spacing_m" | "geometry">} Measured */

const COLOUR = "#4fe0ef";

/** @param {number} length */
const figure = (length) => (length >= 100 ? length.toFixed(0) : length >= 10 ? length.toFixed(1) : length.toFixed(2));

/**
 * @param {Point} from in pixels of the scene
 * @param {Point} to
 * @param {Pick<Measured, "pixel_spacing_m" | "geometry">} scene
 */
export function distanceText(from, to, { pixel_spacing_m: spacing, geometry }) {
  const [across, down] = [to[0] - from[0], to[1] - from[1]];
  if (!spacing) return `${figure(Math.hypot(across, down))} px`;
  const metres = Math.hypot(across * spacing[1], down * spacing[0]);
  const text = metres >= 10_000 ? `${(metres / 1000).toFixed(2)} km` : `${figure(metres)} m`;
  return geometry === "slant" ? `${text} in slant range` : text;
}

/** @param {string} text */
function styleOf(text) {
  return [
    new ol.style.Style({ stroke: new ol.style.Stroke({ color: "rgba(0, 0, 0, 0.7)", width: 4 }) }),
    new ol.style.Style({
      stroke: new ol.style.Stroke({ color: COLOUR, width: 1.5 }),
      text: new ol.style.Text({
        text,
        font: "600 12px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
        fill: new ol.style.Fill({ color: "#fff" }),
        backgroundFill: new ol.style.Fill({ color: "rgba(0, 0, 0, 0.78)" }),
        padding: [2, 4, 1, 5],
        overflow: true,
      }),
    }),
  ];
}

export class Distance {
  source = new ol.source.Vector();
  /** @type {Point | null} */
  #from = null;
  /** @type {Point | null} */
  #to = null;

  /** @param {(text: string) => void} onMeasured */
  constructor(onMeasured) {
    this.onMeasured = onMeasured;
  }

  /** A layer for one panel. */
  layer() {
    return new ol.layer.Vector({ source: this.source, zIndex: 16, updateWhileInteracting: true });
  }

  /**
   * The first click begins, the second ends, a third begins anew.
   * @param {Point} point in pixels of the scene
   * @param {Measured} scene
   */
  tap(point, scene) {
    if (this.#from && !this.#to) {
      this.#to = point;
      this.#draw(this.#from, point, scene);
    } else {
      this.clear();
      this.#from = point;
    }
  }

  /**
   * @param {Point} point the cursor
   * @param {Measured} scene
   */
  point(point, scene) {
    if (this.#from && !this.#to) this.#draw(this.#from, point, scene);
  }

  /**
   * @param {Point} from
   * @param {Point} to
   * @param {Measured} scene
   */
  #draw(from, to, scene) {
    const line = new ol.Feature(new ol.geom.LineString([flip(from, scene.rows), flip(to, scene.rows)]));
    const text = distanceText(from, to, scene);
    line.setStyle(styleOf(text));
    this.source.clear(true);
    this.source.addFeature(line);
    this.onMeasured(text);
  }

  clear() {
    this.#from = this.#to = null;
    this.source.clear();
  }
}
