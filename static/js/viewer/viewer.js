// @ts-check
/** Both panels of a scene over one view: what is shown, how it is stretched, and what is under the cursor. */

import { afterPaint } from "../dom.js";
import { flip } from "../pixels.js";
import { JudgedBoxes } from "./box_drawing.js";
import { firstGamma } from "./contrast.js";
import { Distance } from "./distance.js";
import { polarisationsOf } from "./images.js";
import { hasWebGL } from "./layers.js";
import { Look } from "./look.js";
import { drawArrows, drawScale } from "./overlays.js";
import { PALETTES } from "./palettes.js";
import { Panel } from "./panel.js";
import { Picture } from "./picture.js";
import { Reader } from "./reading.js";
import { Sight } from "./sight.js";
import { REACH_PX } from "./tally_marks.js";

/** @typedef {import("../review/contract").Viewed} Viewed */
/** @typedef {import("../review/contract").Shown} Shown */
/** @typedef {import("../pixels.js").Point} Point */
/** @typedef {import("./look.js").Mode} Mode */
/** @typedef {import("./reading.js").Reading} Reading */
/** What a click in the image does, if not to point at a box. @typedef {"count" | "distance" | "nudge"} Tool */

/**
 * @typedef {object} Listeners
 * @property {(reading: Reading | null) => void} onRead
 * @property {(numbers: number[], isClick: boolean) => void} onBox
 * @property {(message: string) => void} onTrouble
 * @property {(point: Point, reach: number) => void} onCount a click while counting; both in pixels of the scene
 * @property {(text: string) => void} onMeasured
 */

/** @type {Shown} */
const NOTHING = { polarisation: null, sar: "", unit: "dn", scale: 1, nodata: null, limits: [0, 1], histogram: { low: 0, high: 1, counts: [] } };

export class Viewer {
  /** @type {Viewed | null} */
  packet = null;
  look = new Look();
  /** Whether the next scene is shown at the zoom of the one before. */
  keepsZoom = false;
  /** @type {[number, number]} in the unit of what is shown */
  limits = [0, 1];
  canDraw = hasWebGL();
  /** @type {Tool | null} */
  tool = null;
  /** [row, col] by which the optical image is drawn moved. @type {[number, number]} */
  offset_px = [0, 0];
  /** Of what was counted, in pixels of the scene. @type {Point[]} */
  marks = [];
  /** What is said of the boxes, where they are judged. */
  judged = new JudgedBoxes();
  /** @type {Shown[]} */
  #polarisations = [];
  /** Which of them is shown. */
  #polarisation = 0;

  /**
   * @param {HTMLElement} root the element `.panels`
   * @param {Listeners} listeners
   */
  constructor(root, listeners) {
    this.root = root;
    this.listeners = listeners;
    this.distance = new Distance(listeners.onMeasured);
    const parts = {
      onPoint: (/** @type {Point | null} */ at) => this.#pointed(at),
      onTap: (/** @type {Point} */ at, /** @type {number} */ resolution) => this.#tapped(at, resolution),
      onBox: listeners.onBox,
      boxesAt: (/** @type {Point} */ at, /** @type {number} */ tolerance) => this.picture.boxesAt(at, tolerance),
      onMove: () => this.sight.free(),
    };
    this.sar = new Panel(this.#part('[data-panel="sar"]'), parts);
    this.optical = new Panel(this.#part('[data-panel="optical"]'), parts);
    this.picture = new Picture(this);
    this.sight = new Sight(() => this.sar.map.getSize());
    this.reader = new Reader(() => this.picture.sources, listeners.onRead);
    this.north = this.#part(".north");
    this.arrow = this.#part(".look");
    new ResizeObserver(() => this.#arrange()).observe(root);
    this.sar.map.on("change:size", () => this.sight.isFitted && this.sight.fit());
    this.sar.map.on("moveend", () => this.packet && this.sight.remember());
  }

  /** @param {string} selector */
  #part(selector) {
    const found = this.root.querySelector(selector);
    if (!(found instanceof HTMLElement)) throw new Error(`the page lacks ${selector}`);
    return found;
  }

  /** @param {Viewed} packet */
  async show(packet) {
    const { scene, dataset } = packet;
    this.packet = packet;
    this.#polarisations = polarisationsOf(scene);
    this.#polarisation = 0;
    this.limits = this.look.limitsOf(this.shown);
    this.offset_px = [...scene.optical_offset_px];
    this.mark([]);
    this.picture.clear();
    this.sight.open(`${dataset.name}/${scene.name}`, scene, this.keepsZoom);
    this.sight.view?.on("change:resolution", () => this.#drawScales());
    this.#setMode();
    drawArrows(this.north, this.arrow, scene);
    // The texts first: making the layers takes longer than all else that is shown.
    await afterPaint();
    if (this.packet === packet) await this.picture.open(packet);
  }

  /** The optical image may be seen now; what is in sight stays. @param {Viewed} packet */
  async reveal(packet) {
    this.packet = packet;
    this.offset_px = [...packet.scene.optical_offset_px];
    this.picture.isDrawn = false;
    this.#setMode();
    await this.picture.draw(packet);
  }

  /** Layers are made: fit them, and measure what is in sight. */
  drawn() {
    if (this.sight.isFitted) this.sight.fit();
    this.#drawScales();
    this.reader.again();
  }

  clear() {
    this.packet = null;
    this.mark([]);
    this.picture.clear();
    for (const panel of [this.sar, this.optical]) drawScale(panel.scale, null, 1);
    this.north.hidden = this.arrow.hidden = true;
  }

  /** The SAR image that is shown: its values, unit, histogram. @returns {Shown} */
  get shown() {
    return this.#polarisations[this.#polarisation] ?? NOTHING;
  }

  get isProcessed() {
    return this.look.isProcessed && this.#polarisation === 0 && (this.packet?.scene.has_processed ?? false);
  }

  /** Whether all images of the scene were really drawn. */
  get areBothLoaded() {
    return this.picture.isDrawn;
  }

  /** @returns {number} of the values as they are shown */
  get gamma() {
    return this.isProcessed ? this.look.brightness : this.look.brightness * firstGamma(this.shown);
  }

  /** Of the values and of the processed image, for the shader. */
  get stretches() {
    const { brightness, isInverted, palette } = this.look;
    const { scale } = this.shown;
    const [low, high] = this.limits;
    const byteStretch = { low: 0, high: 1, gamma: brightness, invert: Number(isInverted), palette: PALETTES.indexOf(palette) };
    return { byteStretch, stretch: { ...byteStretch, low: low / scale, high: high / scale, gamma: brightness * firstGamma(this.shown) } };
  }

  /** The look has changed. */
  restretch() {
    this.picture.restretch();
  }

  /** The limits that the look asks for. */
  relimit() {
    this.setLimits(this.look.limitsOf(this.shown));
  }

  /** @param {[number, number]} limits in shown units, of this image alone */
  setLimits(limits) {
    this.limits = limits;
    this.picture.restretch();
  }

  #drawScales() {
    const spacing = this.packet?.scene.pixel_spacing_m ?? null;
    for (const panel of [this.sar, this.optical]) drawScale(panel.scale, spacing, this.sight.resolution);
  }

  /** The next of the scene's polarisations; what is in sight stays. */
  nextPolarisation() {
    if (!this.packet || this.#polarisations.length < 2) return;
    this.#polarisation = (this.#polarisation + 1) % this.#polarisations.length;
    this.limits = this.look.limitsOf(this.shown);
    if (this.canDraw) void this.picture.draw(this.packet);
  }

  /** @param {boolean} isSmooth */
  setSmooth(isSmooth) {
    this.look.isSmooth = isSmooth;
    if (this.packet && this.canDraw) void this.picture.draw(this.packet);
  }

  /** @param {boolean} areShown */
  setBoxes(areShown) {
    this.look.areBoxesShown = areShown;
    this.picture.showBoxes();
  }

  /** @param {Mode} mode */
  setMode(mode) {
    if (this.packet?.scene.assets.optical || !this.packet) this.look.mode = mode;
    this.#setMode(mode);
  }

  #setMode(mode = this.look.mode) {
    const { scene, optical_hidden } = this.packet ?? {};
    // Of an optical image that is hidden there is its place, with the reason.
    const instead = optical_hidden && mode !== "sar" ? "pair" : "sar";
    this.root.dataset.mode = scene?.assets.optical ? mode : instead;
    this.root.dataset.front = "sar";
    this.#arrange();
  }

  /** A pair lies one above the other where both images then come out clearly larger. */
  #arrange() {
    const { clientWidth, clientHeight } = this.root;
    const { rows, cols } = this.packet?.scene ?? { rows: 1, cols: 1 };
    const beside = Math.min(clientWidth / 2 / cols, clientHeight / rows);
    const above = Math.min(clientWidth / cols, clientHeight / 2 / rows);
    this.root.classList.toggle("is-stacked", above > 1.1 * beside);
  }

  /** In blink, the other image. */
  blink() {
    if (this.root.dataset.mode !== "blink") return;
    this.root.dataset.front = this.root.dataset.front === "optical" ? "sar" : "optical";
  }

  /** @param {Tool | null} tool */
  setTool(tool) {
    this.tool = tool;
    this.distance.clear();
    for (const panel of [this.sar, this.optical]) panel.setTapping(tool === "count" || tool === "distance");
  }

  /** @param {[number, number]} offset_px [row, col] by which the optical image is drawn moved from now on */
  moveOptical(offset_px) {
    this.offset_px = offset_px;
    this.picture.move();
    this.reader.again();
  }

  /** @param {Iterable<number>} numbers boxes of the open text */
  light(numbers) {
    this.picture.light([...numbers]);
  }

  /** @param {Iterable<number>} numbers boxes pointed at, in the image or in a text */
  heat(numbers) {
    this.picture.heat([...numbers]);
  }

  /**
   * The marks of what was counted, in both panels.
   * @param {readonly Point[]} marks in pixels of the scene
   * @returns {boolean} whether they are others than before
   */
  mark(marks) {
    if (JSON.stringify(marks) === JSON.stringify(this.marks)) return false;
    this.marks = [...marks];
    this.picture.mark();
    return true;
  }

  /** What of the scene is in sight; of a still picture all. @returns {[number, number, number, number]} x_min, y_min, width, height in its pixels */
  get window() {
    const { rows, cols } = this.packet?.scene ?? { rows: 1, cols: 1 };
    return this.canDraw ? this.sight.window : [0, 0, cols, rows];
  }

  /** How the scene is being looked at, for the verdict's `view`. @returns {Omit<import("../review/contract").Looked, "ms">} */
  looking() {
    const panel = (!this.packet?.optical_hidden && this.root.dataset.mode) || "sar";
    return {
      limits: this.limits,
      zoom: Number((1 / this.sight.resolution).toFixed(3)),
      panel: this.isProcessed ? `${panel}+processed` : panel,
      window: this.window,
      both_loaded: this.areBothLoaded,
    };
  }

  /** @param {Point | null} coordinate */
  #pointed(coordinate) {
    const { scene } = this.packet ?? {};
    this.sar.point(coordinate);
    this.optical.point(coordinate);
    this.reader.point(coordinate);
    if (coordinate && scene && this.tool === "distance") this.distance.point(flip(coordinate, scene.rows), scene);
  }

  /**
   * @param {Point} coordinate
   * @param {number} resolution pixels of the scene a screen pixel
   * @returns {boolean} whether a tool took it
   */
  #tapped(coordinate, resolution) {
    const { scene } = this.packet ?? {};
    if (!scene || this.tool === null || this.tool === "nudge") return false;
    const point = flip(coordinate, scene.rows);
    if (this.tool === "distance") this.distance.tap(point, scene);
    else if (point[0] >= 0 && point[1] >= 0 && point[0] <= scene.cols && point[1] <= scene.rows) this.listeners.onCount(point, REACH_PX * resolution);
    return true;
  }
}
