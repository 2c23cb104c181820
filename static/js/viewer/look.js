// @ts-check
/** What a person likes to see, whatever the scene: kept for them and the dataset, and given back with the next packet. */

import { limitsAt, SHARES } from "./contrast.js";
import { PALETTES } from "./palettes.js";

/** @typedef {import("../review/contract").Shown} Shown */
/** @typedef {import("../review/contract").ViewerSettings} ViewerSettings */
/** @typedef {"pair" | "swipe" | "blink" | "sar"} Mode */

/** @type {Mode[]} */
export const MODES = ["pair", "swipe", "blink", "sar"];

/** How far gamma goes from what it is at first. */
export const BRIGHTNESS = { least: 0.25, most: 4 };

/**
 * @template Value
 * @param {readonly Value[]} known
 * @param {unknown} value
 * @param {Value} otherwise
 * @returns {Value}
 */
const oneOf = (known, value, otherwise) => known.find((each) => each === value) ?? otherwise;

/** @param {unknown} value @param {boolean} otherwise */
const truth = (value, otherwise) => (typeof value === "boolean" ? value : otherwise);

export class Look {
  /** @type {Mode} */
  mode = "pair";
  /** @type {import("./palettes.js").Palette} */
  palette = "grey";
  /** Limits at these percentiles of each image; null: as imported. @type {import("./contrast.js").Share | null} */
  share = null;
  /** Limits for every image in this unit. @type {ViewerSettings["fixed"] | null} */
  fixed = null;
  /** By how much gamma is more than at first. */
  brightness = 1;
  isInverted = false;
  isSmooth = true;
  isProcessed = false;
  areBoxesShown = true;

  /**
   * What an older or newer page has saved and this one does not know is passed over.
   * @param {ViewerSettings | null | undefined} settings
   */
  static of(settings) {
    const look = new Look();
    const given = settings ?? {};
    look.mode = oneOf(MODES, given.mode, look.mode);
    look.palette = oneOf(PALETTES, given.palette, look.palette);
    look.share = oneOf(SHARES, given.share, null);
    const { fixed } = given;
    look.fixed = fixed && Number.isFinite(fixed.low) && fixed.low < fixed.high ? fixed : null;
    look.brighten(typeof given.brightness === "number" ? given.brightness : 1);
    look.isInverted = truth(given.is_inverted, look.isInverted);
    look.isSmooth = truth(given.is_smooth, look.isSmooth);
    look.isProcessed = truth(given.is_processed, look.isProcessed);
    look.areBoxesShown = truth(given.are_boxes_shown, look.areBoxesShown);
    return look;
  }

  /** What differs from how it is at first. @returns {ViewerSettings} */
  settings() {
    const first = new Look();
    const all = {
      mode: this.mode !== first.mode && this.mode,
      palette: this.palette !== first.palette && this.palette,
      share: this.share ?? false,
      fixed: this.fixed ?? false,
      brightness: Math.abs(this.brightness - 1) > 0.004 && Number(this.brightness.toFixed(3)),
    };
    const truths = { is_inverted: "isInverted", is_smooth: "isSmooth", is_processed: "isProcessed", are_boxes_shown: "areBoxesShown" };
    const told = Object.entries(all).filter(([, value]) => value !== false);
    for (const [name, own] of Object.entries(truths)) {
      const value = /** @type {any} */ (this)[own];
      if (value !== /** @type {any} */ (first)[own]) told.push([name, value]);
    }
    return Object.fromEntries(told);
  }

  /** @param {number} brightness 1: as at first */
  brighten(brightness) {
    this.brightness = Number.isFinite(brightness) ? Math.min(BRIGHTNESS.most, Math.max(BRIGHTNESS.least, brightness)) : 1;
  }

  /**
   * @param {Pick<Shown, "unit" | "limits" | "histogram">} image
   * @returns {[number, number]} in its unit
   */
  limitsOf({ unit, limits, histogram }) {
    if (this.fixed?.unit === unit) return [this.fixed.low, this.fixed.high];
    return this.share ? limitsAt(histogram, this.share) : [...limits];
  }
}
