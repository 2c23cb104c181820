// @ts-check
/** The pictures of a question: those of a pair are looked at together, at one place and with one look. */

import { Gestures } from "./gestures.js";
import { WHOLE } from "./place.js";
import { counted, limitsOf, PLAIN, tableOf } from "./stretching.js";

/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./stretching.js").Look} Look */
/** @typedef {{ mayZoom: boolean, maySetContrast: boolean }} Options */

/** From how many screen pixels a pixel of the picture has its edges are shown sharp. */
const SHARP_FROM = 3;

class Picture {
  /** @type {HTMLCanvasElement | null} */
  #canvas = null;
  /** @type {Uint8ClampedArray | null} as it came */
  #values = null;
  /** @type {[number, number]} */
  limits = [0, 255];

  /** @param {HTMLElement} frame */
  constructor(frame) {
    this.frame = frame;
    this.sheet = /** @type {HTMLElement} */ (frame.querySelector(".picture__sheet"));
    this.image = /** @type {HTMLImageElement} */ (frame.querySelector("img"));
  }

  /** @param {Place} place */
  put({ zoom, x, y }) {
    this.sheet.style.transform = `scale(${zoom}) translate(${-x * 100}%, ${-y * 100}%)`;
    this.sheet.style.setProperty("--zoom", String(zoom));
    this.sheet.classList.toggle("is-near", (this.frame.clientWidth * zoom) / this.image.width >= SHARP_FROM);
    this.frame.classList.toggle("is-zoomed", zoom > 1);
  }

  /** @param {Look} look */
  async stretch({ brightness, cut }) {
    if (brightness === PLAIN.brightness && cut === PLAIN.cut) {
      if (this.#canvas) this.#canvas.hidden = true;
      this.limits = [0, 255];
      return;
    }
    const canvas = await this.#open();
    const context = canvas?.getContext("2d");
    if (!canvas || !context || !this.#values) return;
    this.limits = limitsOf(counted(this.#values), cut);
    const table = tableOf(this.limits, brightness);
    const shown = new ImageData(canvas.width, canvas.height);
    for (let at = 0; at < shown.data.length; at += 1) shown.data[at] = at % 4 === 3 ? 255 : (table[this.#values[at] ?? 0] ?? 0);
    context.putImageData(shown, 0, 0);
    canvas.hidden = false;
  }

  async #open() {
    if (this.#canvas) return this.#canvas;
    try {
      await this.image.decode();
    } catch {
      return null; // no picture, no contrast
    }
    const canvas = document.createElement("canvas");
    canvas.ariaHidden = "true";
    [canvas.width, canvas.height] = [this.image.naturalWidth, this.image.naturalHeight];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context?.drawImage(this.image, 0, 0);
    this.#values = context?.getImageData(0, 0, canvas.width, canvas.height).data ?? null;
    this.image.after(canvas);
    this.#canvas = canvas;
    return canvas;
  }
}

export class Pictures {
  /** @type {Place} */
  place = WHOLE;
  /** @type {Look} */
  look = PLAIN;
  #zoomedTo = 1;

  /**
   * @param {HTMLElement} root
   * @param {Options} options
   */
  constructor(root, options) {
    this.options = options;
    const frames = [...root.querySelectorAll("[data-picture]")].filter((frame) => frame instanceof HTMLElement);
    this.all = frames.map((frame) => new Picture(frame));
    if (options.mayZoom) for (const { frame, image } of this.all) new Gestures(frame, image.alt, this);
    addEventListener("resize", () => this.put(this.place));
  }

  /** @param {Place} place */
  put(place) {
    this.place = place;
    this.#zoomedTo = Math.max(this.#zoomedTo, place.zoom);
    for (const picture of this.all) picture.put(place);
  }

  /** @param {Look} look */
  stretch(look) {
    this.look = look;
    for (const picture of this.all) void picture.stretch(look);
  }

  /** How it is looked at, for who reads the answers. */
  get view() {
    const [low, high] = this.all[0]?.limits ?? [0, 255];
    const pointer = matchMedia("(pointer: coarse)").matches ? "coarse" : "fine";
    return { width: innerWidth, height: innerHeight, zoom: rounded(this.place.zoom), zoomed_to: rounded(this.#zoomedTo), low, high, gamma: rounded(this.look.brightness), pointer };
  }
}

/** @param {number} value */
const rounded = (value) => Math.round(value * 100) / 100;
