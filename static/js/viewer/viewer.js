// @ts-check
/** Both panels of a scene over one view: what is shown, how it is stretched, and what is under the cursor. */

import { afterPaint } from "../dom.js";
import { lonlatAt } from "../ground.js";
import { flip, mapShift, pixelAt } from "../pixels.js";
import { openAsset } from "./assets.js";
import { Boxes } from "./boxes.js";
import { firstGamma } from "./contrast.js";
import { byteLayer, frameLayer, hasWebGL, sarLayer } from "./layers.js";
import { drawArrows, drawScale } from "./overlays.js";
import { Panel } from "./panel.js";
import { Sampler } from "./readout.js";
import { drawStill } from "./still.js";

/** @typedef {import("../review/contract").PacketView} PacketView */
/** @typedef {"pair" | "swipe" | "blink" | "sar"} Mode */
/** @typedef {{ x: number, y: number, lonlat: [number, number] | null, sar: number[] | null, optical: number[] | null }} Reading */

/** @type {Mode[]} */
export const MODES = ["pair", "swipe", "blink", "sar"];

/**
 * @typedef {object} Listeners
 * @property {(reading: Reading | null) => void} onRead
 * @property {(numbers: number[], isClick: boolean) => void} onBox
 * @property {(message: string) => void} onTrouble
 */

export class Viewer {
  /** @type {PacketView | null} */
  packet = null;
  /** @type {Mode} */
  mode = "pair";
  isProcessed = false;
  isInverted = false;
  isSmooth = true;
  areBoxesShown = true;
  /** How much brighter than at first the person likes it; stays from scene to scene. */
  brightness = 1;
  #firstGamma = 1;
  /** @type {[number, number]} */
  limits = [0, 1];
  canDraw = hasWebGL();
  /** @type {Boxes | null} */
  #boxes = null;
  /** @type {{ sar: Sampler, optical: Sampler | null } | null} */
  #samplers = null;
  /** @type {import("ol/View").default | null} */
  #view = null;
  /** @type {import("ol/proj/Projection").default | null} */
  #projection = null;
  /** @type {{ raw: import("ol/layer/WebGLTile").default, processed: import("ol/layer/WebGLTile").default } | null} */
  #layers = null;
  /** @type {[number, number] | null} */
  #cursor = null;
  #isReading = false;
  #isFitted = true;
  #isFilled = false;
  /** @type {number[]} */
  #lit = [];

  /**
   * @param {HTMLElement} root the element `.panels`
   * @param {Listeners} listeners
   */
  constructor(root, listeners) {
    this.root = root;
    this.listeners = listeners;
    const parts = {
      onPoint: (/** @type {[number, number] | null} */ at) => this.#pointed(at),
      onBox: listeners.onBox,
      boxesAt: (/** @type {[number, number]} */ at, /** @type {number} */ tolerance) => this.#boxes?.numbersAt(at, tolerance) ?? [],
    };
    this.sar = new Panel(this.#part('[data-panel="sar"]'), parts);
    this.optical = new Panel(this.#part('[data-panel="optical"]'), parts);
    this.north = this.#part(".north");
    this.look = this.#part(".look");
    new ResizeObserver(() => this.#arrange()).observe(root);
    this.sar.map.on("change:size", () => this.#isFitted && this.fit());
    root.addEventListener("wheel", () => (this.#isFitted = false), { passive: true });
    root.addEventListener("pointerdown", () => (this.#isFitted = false));
  }

  /** @param {string} selector */
  #part(selector) {
    const found = this.root.querySelector(selector);
    if (!(found instanceof HTMLElement)) throw new Error(`the page lacks ${selector}`);
    return found;
  }

  /** @param {PacketView} packet */
  async show(packet) {
    this.packet = packet;
    const { scene } = packet;
    this.limits = [...scene.limits];
    this.#firstGamma = firstGamma(scene);
    this.#clearMaps();
    this.isProcessed &&= scene.has_processed;
    this.setMode(scene.assets.optical ? this.mode : "sar");
    drawArrows(this.north, this.look, scene);
    // The texts first: making the layers takes longer than all else that is shown.
    await afterPaint();
    if (this.packet !== packet) return;
    try {
      await (this.canDraw ? this.#draw(packet) : this.#drawStills(packet));
    } catch (error) {
      if (this.packet === packet) this.listeners.onTrouble(error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {PacketView} packet */
  async #draw(packet) {
    const { scene } = packet;
    this.#makeView(scene.rows, scene.cols);
    this.#boxes = new Boxes(packet.boxes, scene.rows);
    this.#boxes.show(this.areBoxesShown);
    this.#boxes.light(this.#lit);
    await this.#redraw(packet);
  }

  /**
   * @param {number} rows
   * @param {number} cols
   */
  #makeView(rows, cols) {
    const extent = [0, 0, cols, rows];
    this.#projection = new ol.proj.Projection({ code: `pixels-${cols}x${rows}`, units: "pixels", extent });
    this.#view = new ol.View({
      projection: this.#projection,
      center: [cols / 2, rows / 2],
      resolution: 1,
      minResolution: 1 / 32,
      maxResolution: Math.max(rows, cols) / 128,
      extent,
      constrainOnlyCenter: true,
      showFullExtent: true,
      enableRotation: false,
    });
    this.#view.on("change:resolution", () => this.#drawScales());
  }

  /** @param {PacketView} packet */
  async #redraw(packet) {
    const { scene } = packet;
    const { assets, rows, cols } = scene;
    const [raw, processed, optical] = await Promise.all([
      openAsset(assets.sar, rows * cols),
      openAsset(assets.processed, rows * cols),
      assets.optical ? openAsset(assets.optical, rows * cols) : null,
    ]);
    if (this.packet !== packet || !this.#projection || !this.#view || !this.#boxes) return;
    const projection = this.#projection;
    const interpolate = this.isSmooth;
    this.#samplers = { sar: new Sampler(raw), optical: optical && new Sampler(optical) };
    this.#layers = {
      raw: sarLayer(raw, projection, { interpolate, nodata: scene.nodata, stretch: this.#stretch() }),
      processed: byteLayer(processed, projection, { interpolate, stretch: this.#byteStretch() }),
    };
    this.#applyProcessing();
    const frame = () => frameLayer([0, 0, cols, rows]);
    this.sar.show(this.#view, [this.#layers.raw, this.#layers.processed, frame(), this.#boxes.layer()]);
    this.optical.show(this.#view, optical ? [byteLayer(optical, projection, { interpolate, shift: mapShift(scene.optical_offset_px) }), frame(), this.#boxes.layer()] : []);
    if (this.#isFitted) this.fit();
    this.#drawScales();
  }

  /** @param {PacketView} packet */
  async #drawStills(packet) {
    const { assets, optical_offset_px } = packet.scene;
    await drawStill(this.sar.target, assets.processed, packet);
    if (assets.optical) await drawStill(this.optical.target, assets.optical, packet, optical_offset_px);
  }

  clear() {
    this.packet = null;
    this.#clearMaps();
    drawScale(this.sar.scale, null, 1);
    drawScale(this.optical.scale, null, 1);
    this.north.hidden = this.look.hidden = true;
  }

  /** Nothing of one scene is ever seen beside the texts of another. */
  #clearMaps() {
    this.#layers = null;
    this.#samplers = null;
    this.#boxes = null;
    this.#lit = [];
    this.sar.clear();
    this.optical.clear();
    this.#isFitted = true;
    this.#isFilled = false;
  }

  /** @returns {number} of the values as they are shown */
  get gamma() {
    return this.isProcessed ? this.brightness : this.brightness * this.#firstGamma;
  }

  #stretch() {
    const scale = this.packet?.scene.scale ?? 1;
    const [low, high] = this.limits;
    return { low: low / scale, high: high / scale, gamma: this.brightness * this.#firstGamma, invert: Number(this.isInverted) };
  }

  #byteStretch() {
    return { low: 0, high: 1, gamma: this.brightness, invert: Number(this.isInverted) };
  }

  #restretch() {
    this.#layers?.raw.updateStyleVariables(this.#stretch());
    this.#layers?.processed.updateStyleVariables(this.#byteStretch());
  }

  #applyProcessing() {
    this.#layers?.raw.setVisible(!this.isProcessed);
    this.#layers?.processed.setVisible(this.isProcessed);
  }

  #drawScales() {
    const spacing = this.packet?.scene.pixel_spacing_m ?? null;
    const resolution = this.#view?.getResolution() ?? 1;
    for (const panel of [this.sar, this.optical]) drawScale(panel.scale, spacing, resolution);
  }

  /** @param {[number, number]} limits in shown units */
  setLimits(limits) {
    this.limits = limits;
    this.#restretch();
  }

  /** @param {number} brightness 1: as at first */
  setBrightness(brightness) {
    this.brightness = Math.min(4, Math.max(0.25, brightness));
    this.#restretch();
  }

  /** @param {boolean} isInverted */
  setInverted(isInverted) {
    this.isInverted = isInverted;
    this.#restretch();
  }

  /** @param {boolean} isProcessed */
  setProcessed(isProcessed) {
    this.isProcessed = isProcessed && (this.packet?.scene.has_processed ?? false);
    this.#applyProcessing();
  }

  /** @param {boolean} isSmooth */
  setSmooth(isSmooth) {
    this.isSmooth = isSmooth;
    if (this.packet && this.canDraw) void this.#redraw(this.packet);
  }

  /** @param {boolean} areShown */
  setBoxes(areShown) {
    this.areBoxesShown = areShown;
    this.#boxes?.show(areShown);
  }

  /** @param {Mode} mode */
  setMode(mode) {
    const hasOptical = Boolean(this.packet?.scene.assets.optical);
    if (hasOptical || !this.packet) this.mode = mode;
    this.root.dataset.mode = hasOptical ? mode : "sar";
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

  /** The whole image; where that is shown already, as much of it as fills the panel. */
  fitOrFill() {
    this.#isFilled = this.#isFitted && !this.#isFilled;
    this.fit();
  }

  fit() {
    const size = this.sar.map.getSize();
    if (!this.packet || !this.#view || !size) return;
    const { rows, cols } = this.packet.scene;
    const ratios = [cols / Math.max(1, size[0] - 12), rows / Math.max(1, size[1] - 12)];
    this.#isFitted = true;
    this.#view.setCenter([cols / 2, rows / 2]);
    this.#view.setResolution(this.#isFilled ? Math.min(...ratios) : Math.max(...ratios));
  }

  /** @param {number} steps positive: nearer */
  zoom(steps) {
    this.#isFitted = false;
    this.#view?.adjustZoom(steps);
  }

  /** @param {Iterable<number>} numbers */
  light(numbers) {
    this.#lit = [...numbers];
    // The images are drawn anew for it: what was typed is seen before.
    void afterPaint().then(() => this.#boxes?.light(this.#lit));
  }

  /** @param {Iterable<number>} numbers */
  heat(numbers) {
    this.#boxes?.heat(numbers);
  }

  /** How the scene is being looked at, for the verdict's `view`. */
  looking() {
    const panel = this.root.dataset.mode ?? "sar";
    return { limits: this.limits, zoom: Number((1 / (this.#view?.getResolution() ?? 1)).toFixed(3)), panel: this.isProcessed ? `${panel}+processed` : panel };
  }

  /** @param {[number, number] | null} coordinate */
  #pointed(coordinate) {
    this.#cursor = coordinate;
    this.sar.point(coordinate);
    this.optical.point(coordinate);
    if (!this.#isReading) requestAnimationFrame(() => void this.#read());
  }

  /** One reading at a time, always of the newest place. */
  async #read() {
    if (this.#isReading) return;
    this.#isReading = true;
    /** @type {[number, number] | null | undefined} */
    let done;
    while (done !== this.#cursor) {
      done = this.#cursor;
      this.listeners.onRead(done && (await this.#readingAt(done)));
    }
    this.#isReading = false;
  }

  /**
   * @param {[number, number]} coordinate
   * @returns {Promise<Reading | null>}
   */
  async #readingAt(coordinate) {
    if (!this.packet || !this.#samplers) return null;
    const { scene } = this.packet;
    const pixel = pixelAt(coordinate, scene.rows, scene.cols);
    if (!pixel) return null;
    const point = flip(coordinate, scene.rows);
    // Of the optical image, the pixel that is drawn here.
    const [x, y] = mapShift(scene.optical_offset_px);
    const under = pixelAt([coordinate[0] - x, coordinate[1] - y], scene.rows, scene.cols);
    const [sar, optical] = await Promise.all([
      this.#samplers.sar.at(pixel.row, pixel.col).catch(() => null),
      (under && this.#samplers.optical?.at(under.row, under.col).catch(() => null)) ?? null,
    ]);
    const lonlat = scene.ground && lonlatAt(scene.ground.lonlat_corners, point, scene.rows, scene.cols);
    return { x: point[0], y: point[1], lonlat, sar: sar && sar.map((value) => value * scene.scale), optical };
  }
}
