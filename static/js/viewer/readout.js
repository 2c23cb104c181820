// @ts-check
/** The value of the full-resolution pixel under the cursor, read tile by tile from the file itself, never from the screen. */

import { openFile } from "./assets.js";

const TILES_KEPT = 64;

/**
 * @typedef {object} Tile
 * @property {number} width
 * @property {ArrayLike<number>[]} bands
 */

export class Sampler {
  /** @type {Promise<import("geotiff").GeoTIFFImage> | null} */
  #image = null;
  /** @type {Map<string, Promise<Tile>>} */
  #tiles = new Map();

  /** @param {import("./assets.js").Source} source */
  constructor(source) {
    this.source = source;
  }

  #open() {
    this.#image ??= openFile(this.source).then((file) => file.getImage(0));
    return this.#image;
  }

  /**
   * The stored digital values of all bands at a pixel; null where the image has no data.
   * @param {number} row
   * @param {number} col
   * @returns {Promise<number[] | null>}
   */
  async at(row, col) {
    const image = await this.#open();
    const size = image.getTileWidth();
    const left = col - (col % size);
    const top = row - (row % size);
    const tile = await this.#tile(image, left, top, size);
    const values = tile.bands.map((band) => Number(band[(row - top) * tile.width + (col - left)]));
    const nodata = image.getGDALNoData();
    return values.every((value) => Number.isNaN(value) || value === nodata) ? null : values;
  }

  /**
   * @param {import("geotiff").GeoTIFFImage} image
   * @param {number} left
   * @param {number} top
   * @param {number} size
   */
  #tile(image, left, top, size) {
    const key = `${left},${top}`;
    const known = this.#tiles.get(key);
    if (known) return known;
    const window = [left, top, Math.min(left + size, image.getWidth()), Math.min(top + size, image.getHeight())];
    const read = image.readRasters({ window, interleave: false }).then((bands) => ({
      width: window[2] - window[0],
      bands: /** @type {ArrayLike<number>[]} */ (Array.from(/** @type {ArrayLike<any>} */ (/** @type {unknown} */ (bands)))),
    }));
    read.catch(() => this.#tiles.delete(key));
    this.#tiles.set(key, read);
    const oldest = this.#tiles.keys().next();
    if (this.#tiles.size > TILES_KEPT && !oldest.done) this.#tiles.delete(oldest.value);
    return read;
  }
}
