// @ts-check
/** Both panels of a scene over one view: what is shown, how it is stretched, and what is under the cursor. */

import { afterPaint } from "../dom.js";
import { flip } from "../pixels.js";
import { explain } from "./assets.js";
import { Boxes } from "./boxes.js";
import { firstGamma } from "./contrast.js";
import { Distance } from "./distance.js";
import { Images, polarisationsOf } from "./images.js";
import { frameLayer, hasWebGL, readyImage } from "./layers.js";
import { Look } from "./look.js";
import { drawArrows, drawScale } from "./overlays.js";
import { PALETTES } from "./palettes.js";
import { Panel } from "./panel.js";
import { Reader } from "./reading.js";
import { Sight } from "./sight.js";
import { Still } from "./still.js";
import { TallyMarks } from "./tally_marks.js";

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
  /** @type {[number, number]} in the unit of what is shown */
  limits = [0, 1];
  /** @type {Shown[]} */
  #polarisations = [];
  /** Which of them is shown. */
  #polarisation = 0;
  canDraw = hasWebGL();
  /** Whether all images of the scene were really drawn. */
  areBothLoaded = false;
  /** @type {Tool | null} */
  tool = null;
  /** [row, col] by which the optical image is drawn moved. @type {[number, number]} */
  offset_px = [0, 0];
  /** @type {Boxes | null} */
  #boxes = null;
  /** @type {Images | null} */
  #images = null;
  /** @type {Still[]} */
  #stills = [];
  #tallyMarks = new TallyMarks();
  /** Of what was counted, in pixels of the scene. @type {Point[]} */
  marks = [];
  /** @type {number[]} */
  #lit = [];

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
      boxesAt: (/** @type {Point} */ at, /** @type {number} */ tolerance) => this.#boxes?.numbersAt(at, tolerance) ?? [],
      onMove: () => this.sight.free(),
    };
    this.sar = new Panel(this.#part('[data-panel="sar"]'), parts);
    this.optical = new Panel(this.#part('[data-panel="optical"]'), parts);
    this.sight = new Sight(() => this.sar.map.getSize());
    this.reader = new Reader(() => this.#sources(), listeners.onRead);
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
    const { scene } = packet;
    this.packet = packet;
    this.#polarisations = polarisationsOf(scene);
    this.#polarisation = 0;
    this.limits = this.look.limitsOf(this.shown);
    this.offset_px = [...scene.optical_offset_px];
    this.#clearMaps();
    this.#setMode();
    drawArrows(this.north, this.arrow, scene);
    // The texts first: making the layers takes longer than all else that is shown.
    await afterPaint();
    if (this.packet !== packet) return;
    await (this.canDraw ? this.#draw(packet) : this.#drawStills(packet));
  }

  /** The optical image may be seen now; what is in sight stays. @param {Viewed} packet */
  async reveal(packet) {
    this.packet = packet;
    this.offset_px = [...packet.scene.optical_offset_px];
    this.areBothLoaded = false;
    this.#setMode();
    await (this.canDraw ? this.#redraw(packet) : this.#drawStills(packet));
  }

  /** @param {Viewed} packet */
  async #draw(packet) {
    const { scene } = packet;
    this.sight.open(`${packet.dataset.name}/${scene.name}`, scene, this.look.keepsZoom);
    this.sight.view?.on("change:resolution", () => this.#drawScales());
    this.#boxes = new Boxes(packet.boxes, scene.rows);
    this.#boxes.show(this.look.areBoxesShown);
    this.#boxes.light(this.#lit);
    await this.#redraw(packet);
  }

  /** @param {Viewed} packet */
  async #redraw(packet) {
    const { view, projection } = this.sight;
    const trouble = (/** @type {string} */ message) => this.packet === packet && this.listeners.onTrouble(message);
    const images = new Images(packet.scene, this.shown, trouble);
    await images.open();
    if (this.packet !== packet || !projection || !view || !this.#boxes || images.shown !== this.shown) return;
    images.makeLayers({ projection, isSmooth: this.look.isSmooth, stretch: this.#stretch(), byteStretch: this.#byteStretch() });
    images.choose(this.isProcessed);
    images.move(this.offset_px);
    this.#images = images;
    this.sar.show(view, [...images.sarLayers, ...this.#overlays(this.#boxes)]);
    this.optical.show(view, [...images.opticalLayers, ...(packet.scene.assets.optical ? this.#overlays(this.#boxes) : [])]);
    if (this.sight.isFitted) this.sight.fit();
    this.#drawScales();
    this.reader.again();
    await this.#watchDrawing(packet, images);
  }

  /** @param {Boxes} boxes */
  #overlays(boxes) {
    const { rows, cols } = this.packet?.scene ?? { rows: 1, cols: 1 };
    return [frameLayer([0, 0, cols, rows]), boxes.layer(), this.#tallyMarks.layer(), this.distance.layer()];
  }

  /**
   * Until all images are on the screen, or one cannot be read.
   * @param {Viewed} packet
   * @param {Images} images
   */
  async #watchDrawing(packet, images) {
    const { assets } = packet.scene;
    const [sar] = [images.raw ?? images.processed];
    const ready = await Promise.all([
      this.#isReady(sar, "SAR image", images.shown.sar),
      this.#isReady(images.processed, "Processed image", assets.processed),
      this.#isReady(images.optical, "Optical image", assets.optical),
    ]);
    const isWhole = sar !== null && ready.every(Boolean) && (images.optical !== null || !assets.optical);
    if (!isWhole || this.#images !== images) return;
    await Promise.all([this.sar.drawn(), ...(images.optical ? [this.optical.drawn()] : [])]);
    if (this.#images === images) this.areBothLoaded = true;
  }

  /**
   * @param {import("./layers.js").ImageLayer | null} layer
   * @param {string} title
   * @param {string | null} url
   */
  async #isReady(layer, title, url) {
    try {
      if (layer) await readyImage(layer);
      return true;
    } catch {
      this.listeners.onTrouble(`${title}: ${await explain(url ?? "")}`);
      return false;
    }
  }

  /** @param {Viewed} packet */
  async #drawStills(packet) {
    const { assets } = packet.scene;
    const onTap = (/** @type {Point} */ point, /** @type {number} */ reach) => this.tool === "count" && this.listeners.onCount(point, reach);
    const sar = new Still(this.sar.target, packet, onTap);
    const optical = assets.optical ? new Still(this.optical.target, packet, onTap) : null;
    this.#stills = optical ? [sar, optical] : [sar];
    this.#redrawStills();
    try {
      await Promise.all([sar.draw(assets.processed), optical?.draw(assets.optical ?? "", this.offset_px)]);
      this.areBothLoaded = this.packet === packet;
    } catch (error) {
      if (this.packet === packet) this.listeners.onTrouble(`An image: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  clear() {
    this.packet = null;
    this.#clearMaps();
    drawScale(this.sar.scale, null, 1);
    drawScale(this.optical.scale, null, 1);
    this.north.hidden = this.arrow.hidden = true;
  }

  /** Nothing of one scene is ever seen beside the texts of another. */
  #clearMaps() {
    this.#images = null;
    this.#boxes = null;
    this.#stills = [];
    this.#lit = [];
    this.areBothLoaded = false;
    this.mark([]);
    this.distance.clear();
    this.sar.clear();
    this.optical.clear();
  }

  /** The SAR image that is shown: its values, unit, histogram. @returns {Shown} */
  get shown() {
    return this.#polarisations[this.#polarisation] ?? NOTHING;
  }

  get isProcessed() {
    return this.look.isProcessed && this.#polarisation === 0 && (this.packet?.scene.has_processed ?? false);
  }

  /** @returns {number} of the values as they are shown */
  get gamma() {
    return this.isProcessed ? this.look.brightness : this.look.brightness * firstGamma(this.shown);
  }

  #stretch() {
    const { scale } = this.shown;
    const [low, high] = this.limits;
    return { ...this.#byteStretch(), low: low / scale, high: high / scale, gamma: this.look.brightness * firstGamma(this.shown) };
  }

  #byteStretch() {
    const { brightness, isInverted, palette } = this.look;
    return { low: 0, high: 1, gamma: brightness, invert: Number(isInverted), palette: PALETTES.indexOf(palette) };
  }

  /** Draw with the look as it is now: variables of the shader, so nothing is fetched or read anew. */
  restretch() {
    this.#images?.restretch(this.#stretch(), this.#byteStretch());
    this.#images?.choose(this.isProcessed);
  }

  /** The limits that the look asks for. */
  relimit() {
    this.limits = this.look.limitsOf(this.shown);
    this.restretch();
  }

  /** @param {[number, number]} limits in shown units, of this image alone */
  setLimits(limits) {
    this.limits = limits;
    this.restretch();
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
    if (this.canDraw) void this.#redraw(this.packet);
  }

  /** @param {boolean} isSmooth */
  setSmooth(isSmooth) {
    this.look.isSmooth = isSmooth;
    if (this.packet && this.canDraw) void this.#redraw(this.packet);
  }

  /** @param {boolean} areShown */
  setBoxes(areShown) {
    this.look.areBoxesShown = areShown;
    this.#boxes?.show(areShown);
    this.#redrawStills();
  }

  /** @param {Mode} mode */
  setMode(mode) {
    if (this.packet?.scene.assets.optical || !this.packet) this.look.mode = mode;
    this.#setMode();
  }

  #setMode() {
    this.root.dataset.mode = this.packet?.scene.assets.optical ? this.look.mode : "sar";
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
    if (tool !== "distance") this.distance.clear();
    for (const panel of [this.sar, this.optical]) panel.setTapping(tool === "count" || tool === "distance");
  }

  /** @param {[number, number]} offset_px [row, col] by which the optical image is drawn moved from now on */
  moveOptical(offset_px) {
    this.offset_px = offset_px;
    this.#images?.move(offset_px);
    this.#stills[1]?.move(offset_px);
    this.reader.again();
  }

  /** @param {Iterable<number>} numbers */
  light(numbers) {
    this.#lit = [...numbers];
    // The images are drawn anew for it: what was typed is seen before.
    void afterPaint().then(() => {
      this.#boxes?.light(this.#lit);
      this.#redrawStills();
    });
  }

  /** @param {Iterable<number>} numbers */
  heat(numbers) {
    const hot = [...numbers];
    this.#boxes?.heat(hot);
    for (const still of this.#stills) still.heat(hot);
  }

  /**
   * The marks of what was counted, in both panels.
   * @param {readonly Point[]} marks in pixels of the scene
   * @returns {boolean} whether they are others than before
   */
  mark(marks) {
    if (JSON.stringify(marks) === JSON.stringify(this.marks)) return false;
    this.marks = [...marks];
    this.#tallyMarks.show(this.marks, this.packet?.scene.rows ?? 1);
    this.#redrawStills();
    return true;
  }

  #redrawStills() {
    const state = { areBoxesShown: this.look.areBoxesShown, lit: this.#lit, marks: this.marks };
    for (const still of this.#stills) still.show(state);
  }

  /** How the scene is being looked at, for the verdict's `view`. */
  looking() {
    const panel = this.root.dataset.mode ?? "sar";
    return {
      limits: this.limits,
      zoom: Number((1 / this.sight.resolution).toFixed(3)),
      panel: this.isProcessed ? `${panel}+processed` : panel,
      window: this.sight.window,
      both_loaded: this.areBothLoaded,
    };
  }

  #sources() {
    if (!this.packet || !this.#images) return null;
    const { sarSampler: sar, opticalSampler: optical } = this.#images;
    return { scene: this.packet.scene, scale: this.#images.shown.scale, sar, optical, offset_px: this.offset_px };
  }

  /** @param {Point | null} coordinate */
  #pointed(coordinate) {
    this.sar.point(coordinate);
    this.optical.point(coordinate);
    this.reader.point(coordinate);
    if (coordinate && this.tool === "distance" && this.packet) this.distance.point(flip(coordinate, this.packet.scene.rows), this.packet.scene);
  }

  /**
   * @param {Point} coordinate
   * @param {number} resolution
   * @returns {boolean} whether a tool took it
   */
  #tapped(coordinate, resolution) {
    const { scene } = this.packet ?? {};
    if (!scene || this.tool === null || this.tool === "nudge") return false;
    const point = flip(coordinate, scene.rows);
    if (this.tool === "distance") this.distance.tap(point, scene);
    else this.listeners.onCount(point, resolution);
    return true;
  }
}
