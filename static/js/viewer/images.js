// @ts-check
/** The images of one scene as layers, with what reads their values. One that cannot be had leaves the others as they are. */

import { mapShift } from "../pixels.js";
import { openAsset } from "./assets.js";
import { byteLayer, moveImage, sarLayer } from "./layers.js";
import { Sampler } from "./readout.js";

/** @typedef {import("../review/contract").Scene} Scene */
/** @typedef {import("../review/contract").Shown} Shown */
/** @typedef {import("./assets.js").Source} Source */
/** @typedef {import("./layers.js").ImageLayer} ImageLayer */
/** @typedef {import("./layers.js").Stretch} Stretch */

/** The SAR images of a scene by polarisation, first the one that its texts are judged by. @param {Scene} scene @returns {Shown[]} */
export function polarisationsOf({ polarisation, assets, unit, scale, nodata, limits, histogram, polarisations = [] }) {
  return [{ polarisation, sar: assets.sar, unit, scale, nodata, limits, histogram }, ...polarisations];
}

/**
 * @param {string} title
 * @param {string | null} url
 * @param {Scene} scene
 * @param {(message: string) => void} onTrouble
 */
async function opened(title, url, { rows, cols }, onTrouble) {
  if (!url) return null;
  try {
    return await openAsset(url, rows * cols);
  } catch (error) {
    onTrouble(`${title}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/**
 * @typedef {object} How
 * @property {import("ol/proj/Projection").default} projection
 * @property {boolean} isSmooth
 * @property {Stretch} stretch of the values
 * @property {Stretch} byteStretch of the processed image
 */

export class Images {
  /** @type {ImageLayer | null} */
  raw = null;
  /** @type {ImageLayer | null} */
  processed = null;
  /** @type {ImageLayer | null} */
  optical = null;
  /** @type {Sampler | null} */
  sarSampler = null;
  /** @type {Sampler | null} */
  opticalSampler = null;

  /**
   * @param {Scene} scene
   * @param {Shown} shown
   * @param {(message: string) => void} onTrouble
   */
  constructor(scene, shown, onTrouble) {
    this.scene = scene;
    this.shown = shown;
    this.onTrouble = onTrouble;
    /** @type {(Source | null)[]} */
    this.sources = [];
  }

  /** Fetch what is not fetched yet. */
  async open() {
    const { assets, has_processed } = this.scene;
    this.sources = await Promise.all([
      opened("SAR image", this.shown.sar, this.scene, this.onTrouble),
      has_processed ? opened("Processed image", assets.processed, this.scene, this.onTrouble) : null,
      opened("Optical image", assets.optical, this.scene, this.onTrouble),
    ]);
  }

  /** @param {How} how */
  makeLayers({ projection, isSmooth: interpolate, stretch, byteStretch }) {
    const [raw, processed, optical] = this.sources;
    this.raw = raw ? sarLayer(raw, projection, { interpolate, nodata: this.shown.nodata, stretch }) : null;
    this.processed = processed ? byteLayer(processed, projection, { interpolate, stretch: byteStretch }) : null;
    this.optical = optical ? byteLayer(optical, projection, { interpolate }) : null;
    this.sarSampler = raw ? new Sampler(raw) : null;
    this.opticalSampler = optical ? new Sampler(optical) : null;
  }

  /** @param {boolean} isProcessed */
  choose(isProcessed) {
    // Where the values are gone, the picture made from them is better than none.
    const showsProcessed = Boolean(this.processed) && (isProcessed || !this.raw);
    this.raw?.setVisible(!showsProcessed);
    this.processed?.setVisible(showsProcessed);
  }

  /** @param {{ stretch: Stretch, byteStretch: Stretch }} stretches */
  restretch({ stretch, byteStretch }) {
    this.raw?.updateStyleVariables(stretch);
    this.processed?.updateStyleVariables(byteStretch);
  }

  /** @param {[number, number]} offset_px [row, col] */
  move(offset_px) {
    if (this.optical) moveImage(this.optical, this.scene, mapShift(offset_px));
  }

  /** The layers of the SAR panel. */
  get sarLayers() {
    return [this.raw, this.processed].filter((layer) => layer !== null);
  }

  get opticalLayers() {
    return this.optical ? [this.optical] : [];
  }
}
