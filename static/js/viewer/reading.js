// @ts-check
/** What is under the cursor: the place, on the ground where that is known, and the stored values of both images. */

import { groundAt } from "../ground.js";
import { flip, mapShift, pixelAt } from "../pixels.js";

/** @typedef {import("../pixels.js").Point} Point */
/** @typedef {{ x: number, y: number, lonlat: Point | null, sar: number[] | null, optical: number[] | null }} Reading `sar` in the shown unit */

/**
 * What the reading is taken from.
 * @typedef {object} Sources
 * @property {import("../review/contract").Scene} scene
 * @property {number} scale of the SAR image that is shown
 * @property {import("./readout.js").Sampler | null} sar
 * @property {import("./readout.js").Sampler | null} optical
 * @property {[number, number]} offset_px [row, col] by which the optical image is drawn moved
 */

/**
 * @param {import("./readout.js").Sampler | null} sampler
 * @param {{ row: number, col: number } | null} pixel
 */
const sampled = async (sampler, pixel) => (sampler && pixel ? sampler.at(pixel.row, pixel.col).catch(() => null) : null);

/**
 * @param {Point} coordinate of the map
 * @param {Sources} sources
 * @returns {Promise<Reading | null>} null outside the scene
 */
async function readingAt(coordinate, { scene, scale, sar, optical, offset_px }) {
  const { rows, cols } = scene;
  const pixel = pixelAt(coordinate, rows, cols);
  if (!pixel) return null;
  const point = flip(coordinate, rows);
  // Of the optical image, the pixel that is drawn here.
  const [x, y] = mapShift(offset_px);
  const under = pixelAt([coordinate[0] - x, coordinate[1] - y], rows, cols);
  const [values, colours] = await Promise.all([sampled(sar, pixel), sampled(optical, under)]);
  const lonlat = scene.ground && groundAt(scene.ground, point, rows, cols);
  return { x: point[0], y: point[1], lonlat, sar: values && values.map((value) => value * scale), optical: colours };
}

export class Reader {
  /** @type {Point | null} */
  #cursor = null;
  #isReading = false;

  /**
   * @param {() => Sources | null} sources
   * @param {(reading: Reading | null) => void} onRead
   */
  constructor(sources, onRead) {
    this.sources = sources;
    this.onRead = onRead;
  }

  /** @param {Point | null} coordinate */
  point(coordinate) {
    this.#cursor = coordinate;
    if (!this.#isReading) requestAnimationFrame(() => void this.#read());
  }

  /** The same place, of other images. */
  again() {
    const cursor = this.#cursor;
    if (cursor) this.point([...cursor]);
  }

  /** One reading at a time, always of the newest place. */
  async #read() {
    if (this.#isReading) return;
    this.#isReading = true;
    /** @type {Point | null | undefined} */
    let done;
    while (done !== this.#cursor) {
      done = this.#cursor;
      const sources = this.sources();
      this.onRead(done && sources && (await readingAt(done, sources)));
    }
    this.#isReading = false;
  }
}
