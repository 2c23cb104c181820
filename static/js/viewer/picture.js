// @ts-check
/** What lies in both panels: the images of the scene, its boxes, marks and measured distance; without WebGL still pictures. */

import { afterPaint } from "../dom.js";
import { flip } from "../pixels.js";
import { explain } from "./assets.js";
import { Boxes } from "./boxes.js";
import { Images } from "./images.js";
import { frameLayer, readyImage } from "./layers.js";
import { Still } from "./still.js";
import { TallyMarks } from "./tally_marks.js";

/** @typedef {import("../review/contract").Viewed} Viewed */
/** @typedef {import("../pixels.js").Point} Point */

export class Picture {
  /** Whether all images of the scene were really drawn. */
  isDrawn = false;
  /** @type {Boxes | null} */
  #boxes = null;
  /** @type {Images | null} */
  #images = null;
  /** @type {Still[]} */
  #stills = [];
  #tallyMarks = new TallyMarks();
  /** @type {number[]} */
  #lit = [];

  /** @param {import("./viewer.js").Viewer} viewer */
  constructor(viewer) {
    this.viewer = viewer;
  }

  /** Show a scene anew. @param {Viewed} packet */
  async open(packet) {
    if (this.viewer.canDraw) {
      this.#boxes = new Boxes(packet.boxes, packet.scene.rows);
      this.#boxes.show(this.viewer.look.areBoxesShown);
      this.#boxes.light(this.#lit);
    }
    await this.draw(packet);
  }

  /** Draw the images of the scene that is shown as they are wished now. @param {Viewed} packet */
  async draw(packet) {
    await (this.viewer.canDraw ? this.#drawImages(packet) : this.#drawStills(packet));
  }

  /** @param {Viewed} packet */
  async #drawImages(packet) {
    const { viewer } = this;
    const { view, projection } = viewer.sight;
    const images = new Images(packet.scene, viewer.shown, (message) => this.#trouble(packet, message));
    await images.open();
    // Meanwhile another scene or polarisation may be wished.
    if (viewer.packet !== packet || images.shown !== viewer.shown || !projection || !view || !this.#boxes) return;
    images.makeLayers({ projection, isSmooth: viewer.look.isSmooth, ...viewer.stretches });
    images.choose(viewer.isProcessed);
    images.move(viewer.offset_px);
    this.#images = images;
    viewer.sar.show(view, [...images.sarLayers, ...this.#overlays(packet, this.#boxes)]);
    viewer.optical.show(view, packet.scene.assets.optical ? [...images.opticalLayers, ...this.#overlays(packet, this.#boxes)] : []);
    viewer.drawn();
    await this.#watch(packet, images);
  }

  /** @param {Viewed} packet @param {string} message */
  #trouble(packet, message) {
    if (this.viewer.packet === packet) this.viewer.listeners.onTrouble(message);
  }

  /**
   * @param {Viewed} packet
   * @param {Boxes} boxes
   */
  #overlays({ scene: { rows, cols } }, boxes) {
    return [frameLayer([0, 0, cols, rows]), boxes.layer(), this.viewer.judged.layer(), this.#tallyMarks.layer(), this.viewer.distance.layer()];
  }

  /**
   * Until all images are on the screen, or one cannot be read.
   * @param {Viewed} packet
   * @param {Images} images
   */
  async #watch(packet, images) {
    const { assets } = packet.scene;
    const { sar, optical } = this.viewer;
    const ready = await Promise.all([
      this.#isReady(packet, images.raw, "SAR image", images.shown.sar),
      this.#isReady(packet, images.processed, "Processed image", assets.processed),
      this.#isReady(packet, images.optical, "Optical image", assets.optical),
    ]);
    const isWhole = images.raw !== null && ready.every(Boolean) && (images.optical !== null || !assets.optical);
    if (!isWhole || this.#images !== images) return;
    await Promise.all([sar.drawn(), images.optical && optical.drawn()]);
    if (this.#images === images) this.isDrawn = true;
  }

  /**
   * @param {Viewed} packet
   * @param {import("./layers.js").ImageLayer | null} layer
   * @param {string} title
   * @param {string | null} url
   */
  async #isReady(packet, layer, title, url) {
    try {
      if (layer) await readyImage(layer);
      return true;
    } catch {
      this.#trouble(packet, `${title}: ${await explain(url ?? "")}`);
      return false;
    }
  }

  /** @param {Viewed} packet */
  async #drawStills(packet) {
    const { viewer } = this;
    const { assets } = packet.scene;
    const onTap = (/** @type {Point} */ point, /** @type {number} */ reach) => viewer.tool === "count" && viewer.listeners.onCount(point, reach);
    const sar = new Still(viewer.sar.target, packet, onTap);
    const optical = assets.optical ? new Still(viewer.optical.target, packet, onTap) : null;
    this.#stills = optical ? [sar, optical] : [sar];
    this.#redrawStills();
    const parts = [{ title: "SAR image", drawing: sar.draw(assets.processed) }, { title: "Optical image", drawing: optical?.draw(assets.optical ?? "", viewer.offset_px) }];
    const drawn = await Promise.all(parts.map(({ title, drawing }) => this.#isStillDrawn(packet, title, drawing)));
    this.isDrawn = drawn.every(Boolean) && viewer.packet === packet;
  }

  /**
   * @param {Viewed} packet
   * @param {string} title
   * @param {Promise<void> | undefined} drawing
   */
  async #isStillDrawn(packet, title, drawing) {
    try {
      await drawing;
      return true;
    } catch (error) {
      this.#trouble(packet, `${title}: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  /** Nothing of one scene is ever seen beside the texts of another. */
  clear() {
    const { sar, optical, distance } = this.viewer;
    this.#images = null;
    this.#boxes = null;
    this.#stills = [];
    this.#lit = [];
    this.isDrawn = false;
    distance.clear();
    sar.clear();
    optical.clear();
  }

  /** Draw with the look as it is now: variables of the shader, so nothing is fetched or read anew. */
  restretch() {
    this.#images?.restretch(this.viewer.stretches);
    this.#images?.choose(this.viewer.isProcessed);
  }

  move() {
    this.#images?.move(this.viewer.offset_px);
    this.#stills[1]?.move(this.viewer.offset_px);
  }

  /** @param {number[]} numbers */
  light(numbers) {
    this.#lit = numbers;
    // The images are drawn anew for it: what was typed is seen before.
    void afterPaint().then(() => {
      this.#boxes?.light(this.#lit);
      this.#redrawStills();
    });
  }

  /** @param {number[]} numbers */
  heat(numbers) {
    this.#boxes?.heat(numbers);
    for (const still of this.#stills) still.heat(numbers);
  }

  mark() {
    this.#tallyMarks.show(this.viewer.marks, this.viewer.packet?.scene.rows ?? 1);
    this.#redrawStills();
  }

  showBoxes() {
    this.#boxes?.show(this.viewer.look.areBoxesShown);
    this.#redrawStills();
  }

  /**
   * What is said of the boxes, where they are judged.
   * @param {import("./box_drawing.js").Judged[]} boxes
   * @param {import("./box_drawing.js").Place | null} drawing one that is being drawn
   */
  judge(boxes, drawing) {
    this.viewer.judged.show(boxes, this.viewer.packet?.scene.rows ?? 1, drawing);
    this.#redrawStills();
  }

  /** @param {import("./panel.js").Panel} panel */
  #stillIn({ target }) {
    return this.#stills.find((still) => target.contains(still.element)) ?? null;
  }

  /** @param {import("./panel.js").Panel} panel @param {PointerEvent} event @returns {Point | null} in pixels of the scene */
  pointAt(panel, event) {
    const scene = this.viewer.packet?.scene;
    if (!this.viewer.canDraw) return this.#stillIn(panel)?.pointAt(event) ?? null;
    const coordinate = panel.map.getCoordinateFromPixel(panel.map.getEventPixel(event));
    return scene && coordinate ? flip([coordinate[0] ?? 0, coordinate[1] ?? 0], scene.rows) : null;
  }

  /** Pixels of the scene a pixel of the screen. @param {import("./panel.js").Panel} panel */
  resolutionOf(panel) {
    return this.viewer.canDraw ? this.viewer.sight.resolution : (this.#stillIn(panel)?.resolution ?? 1);
  }

  #redrawStills() {
    const { look, marks, judged } = this.viewer;
    const state = { areBoxesShown: look.areBoxesShown, lit: this.#lit, marks, judged: judged.outlined };
    for (const still of this.#stills) still.show(state);
  }

  /**
   * @param {Point} coordinate of the map
   * @param {number} tolerance in pixels of the scene
   */
  boxesAt(coordinate, tolerance) {
    return this.#boxes?.numbersAt(coordinate, tolerance) ?? [];
  }

  /** What is under the cursor is read from these. @returns {import("./reading.js").Sources | null} */
  get sources() {
    const { packet, offset_px } = this.viewer;
    if (!packet || !this.#images) return null;
    const { sarSampler: sar, opticalSampler: optical, shown } = this.#images;
    return { scene: packet.scene, scale: shown.scale, sar, optical, offset_px };
  }
}
