// @ts-check
/** The toolbar and the status bar around the viewer: what is set there, and what is read off. */

import { element, slot } from "../dom.js";
import { lonlatText } from "../ground.js";
import { SHARES } from "../viewer/contrast.js";
import { HistogramControl } from "../viewer/histogram.js";
import { MODES } from "../viewer/look.js";
import { PALETTES, rampOf } from "../viewer/palettes.js";
import { Viewer } from "../viewer/viewer.js";
import { DisplayMenu } from "./display_menu.js";
import { Looks } from "./looks.js";
import { opticalTag, sarTag } from "./tags.js";
import { Tools } from "./tools.js";
import { unitText, valueText } from "./vocabulary.js";

/** @typedef {import("./contract").Viewed} Viewed */
/** @typedef {import("../viewer/look.js").Look} Look */
/** @typedef {import("../viewer/viewer.js").Reading} Reading */

/** @param {string} selector */
const all = (selector) => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(selector)]);

/** The one after this, the first after the last. @template Value @param {readonly Value[]} values @param {Value} value @returns {Value} */
const after = (values, value) => /** @type {Value} */ (values[(values.indexOf(value) + 1) % values.length]);

/** Of the modes, while the optical image is hidden: its place beside the SAR image, or not. @type {readonly (string | undefined)[]} */
const WITHOUT_OPTICAL = ["pair", "sar"];

const NO_WEBGL = "This browser draws no WebGL: a still picture is shown, without zoom and limits. Boxes, marks and verdicts work as ever.";

/**
 * @typedef {object} Listeners
 * @property {(numbers: number[], isClick: boolean) => void} onBox
 * @property {(point: [number, number], reach: number) => void} [onCount] a click while counting, in pixels of the scene
 * @property {(keepsZoom: boolean) => void} [onKeepZoom] whether the next scene is to be shown at the zoom of this one
 */

export class Display {
  looks = new Looks();
  /** Whether the limits were set by hand, for this image alone. */
  #isByHand = false;
  /** @type {string[]} */
  #troubles = [];

  /** @param {Listeners} listeners */
  constructor({ onBox, onCount = () => {}, onKeepZoom = () => {} }) {
    const [root] = all(".panels");
    const [swipe] = all(".swipe");
    const [button] = all('[data-key="display"]');
    if (!root || !swipe || !button) throw new Error("the page lacks its panels");
    this.root = root;
    this.swipe = swipe;
    this.notice = slot("image-notice");
    this.viewer = new Viewer(root, {
      onRead: (reading) => this.#read(reading),
      onBox,
      onCount,
      onTrouble: (message) => this.#trouble(message),
      onMeasured: (text) => this.tools.measured(text),
    });
    this.onKeepZoom = onKeepZoom;
    this.histogram = new HistogramControl(slot("histogram"), (limits) => this.#limitByHand(limits));
    this.menu = new DisplayMenu(button, slot("display-menu"), { change: (changes) => this.#change(changes), fix: (isFixed) => this.#fix(isFixed) });
    this.tools = new Tools(this.viewer, { onChange: () => this.#sync(), onMoved: () => this.#tagPanels() });
    this.#listen();
  }

  #listen() {
    for (const button of all(".seg [data-mode]")) button.addEventListener("click", () => this.#mode(button.dataset.mode));
    for (const button of all("[data-processed]")) button.addEventListener("click", () => this.#change({ isProcessed: button.dataset.processed === "true" }));
    this.swipe.addEventListener("pointerdown", (event) => this.swipe.setPointerCapture(event.pointerId));
    this.swipe.addEventListener("pointermove", (event) => {
      if (!this.swipe.hasPointerCapture(event.pointerId)) return;
      const { left, width } = this.root.getBoundingClientRect();
      this.#swipeTo(((event.clientX - left) / width) * 100);
    });
    this.swipe.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      this.#swipeTo(Number(this.swipe.getAttribute("aria-valuenow")) + step);
    });
  }

  /** @param {Viewed} packet */
  show(packet) {
    this.#troubles = [];
    this.notice.hidden = true;
    this.viewer.look = this.looks.of(packet);
    this.#isByHand = false;
    this.tools.end();
    if (!this.viewer.canDraw) this.#trouble(NO_WEBGL);
    void this.viewer.show(packet);
    this.#showShown();
    this.#tagPanels();
    this.#read(null);
    this.#swipeTo(50);
    this.#sync();
  }

  /** The optical image may be seen now; zoom and limits stay. @param {Viewed} packet */
  reveal(packet) {
    void this.viewer.reveal(packet);
    this.#tagPanels();
    this.#sync();
  }

  /** The marks of what was counted for the open draft. @param {readonly [number, number][]} marks in pixels of the scene */
  mark(marks) {
    if (this.viewer.mark(marks)) this.tools.tell();
  }

  /** The histogram and limits of the polarisation that is shown now. */
  #showShown() {
    this.#isByHand = false;
    this.histogram.show(this.viewer.shown.histogram, this.viewer.limits);
  }

  clear() {
    this.tools.end();
    this.viewer.clear();
    for (const panel of [this.viewer.sar, this.viewer.optical]) panel.tag.hidden = true;
  }

  #tagPanels() {
    const { sar, optical, packet, shown } = this.viewer;
    if (!packet) return;
    const { scene } = packet;
    sar.tag.textContent = sarTag(scene, shown.polarisation);
    optical.tag.textContent = opticalTag(scene);
    sar.tag.hidden = optical.tag.hidden = false;
    if (!scene.pair_notice || packet.optical_hidden) return;
    // Beside the image that is shown: without the optical one, it explains why there is none.
    const { tag } = scene.assets.optical ? optical : sar;
    tag.append(element("span", { class: "tag__notice", text: `⚠ The optical image ${scene.pair_notice}` }));
  }

  /** @param {string} message */
  #trouble(message) {
    if (!this.#troubles.includes(message)) this.#troubles.push(message);
    this.notice.textContent = this.#troubles.join(" ");
    this.notice.hidden = false;
  }

  /**
   * The action of a key or button of the image.
   * @param {string} id
   * @returns {boolean} whether it is one
   */
  press(id) {
    const { viewer } = this;
    const { look } = viewer;
    /** @type {Record<string, () => void>} */
    const actions = {
      view: () => this.#mode(viewer.packet?.optical_hidden ? after(WITHOUT_OPTICAL, this.root.dataset.mode) : after(MODES, look.mode)),
      blink: () => viewer.blink(),
      processed: () => this.#change({ isProcessed: !viewer.isProcessed }),
      polarisation: () => this.#nextPolarisation(),
      invert: () => this.#change({ isInverted: !look.isInverted }),
      smooth: () => this.#change({ isSmooth: !look.isSmooth }),
      boxes: () => this.#change({ areBoxesShown: !look.areBoxesShown }),
      palette: () => this.#change({ palette: after(PALETTES, look.palette) }),
      share: () => this.#change({ share: after([null, ...SHARES], look.share), fixed: null }),
      darker: () => this.#change({ brightness: look.brightness / 1.1 }),
      brighter: () => this.#change({ brightness: look.brightness * 1.1 }),
      limits: () => this.#change({ share: null, fixed: null, brightness: 1 }),
      fit: () => viewer.sight.fitOrFill(),
      nearer: () => viewer.sight.zoom(0.5),
      farther: () => viewer.sight.zoom(-0.5),
      keep_zoom: () => this.onKeepZoom((viewer.keepsZoom = !viewer.keepsZoom)),
      display: () => this.menu.toggle(),
    };
    const action = actions[id];
    action?.();
    if (!action && !this.tools.press(id)) return false;
    this.#sync();
    return true;
  }

  /** @param {string | undefined} name */
  #mode(name) {
    this.viewer.setMode(MODES.find((known) => known === name) ?? "pair");
    this.#swipeTo(50);
    this.#changed();
  }

  /** @param {Partial<Look>} changes */
  #change({ brightness, isSmooth, areBoxesShown, ...others }) {
    const { viewer } = this;
    Object.assign(viewer.look, others);
    if (brightness !== undefined) viewer.look.brighten(brightness);
    if (areBoxesShown !== undefined) viewer.setBoxes(areBoxesShown);
    if (isSmooth !== undefined) viewer.setSmooth(isSmooth);
    if ("share" in others || "fixed" in others) {
      viewer.relimit();
      this.#showShown();
    } else viewer.restretch();
    this.#changed();
  }

  #changed() {
    if (this.viewer.packet) this.looks.changed(this.viewer.packet.dataset.name);
    this.#sync();
  }

  /** @param {[number, number]} limits */
  #limitByHand(limits) {
    const { look, shown } = this.viewer;
    const isFixed = look.fixed?.unit === shown.unit;
    this.viewer.setLimits(limits);
    this.#isByHand = true;
    if (isFixed) this.#fix(true);
    else this.#sync();
  }

  /** The present limits for every scene whose values are in this unit, or none. @param {boolean} isFixed */
  #fix(isFixed) {
    const { look, shown, limits } = this.viewer;
    look.fixed = isFixed ? { low: limits[0], high: limits[1], unit: shown.unit } : null;
    this.#isByHand = true;
    this.#changed();
  }

  #nextPolarisation() {
    this.viewer.nextPolarisation();
    this.#showShown();
    this.#tagPanels();
  }

  /** @param {number} percent */
  #swipeTo(percent) {
    const kept = Math.min(100, Math.max(0, percent));
    const isSwiping = this.root.dataset.mode === "swipe";
    this.swipe.style.left = `${kept}%`;
    this.swipe.setAttribute("aria-valuenow", String(Math.round(kept)));
    this.viewer.optical.element.style.clipPath = isSwiping ? `inset(0 0 0 ${kept}%)` : "";
  }

  /** Buttons as the viewer is. */
  #sync() {
    const { viewer, tools } = this;
    const { look, packet, shown } = viewer;
    const scene = packet?.scene;
    const pressed = { invert: look.isInverted, smooth: look.isSmooth, boxes: look.areBoxesShown, keep_zoom: viewer.keepsZoom, count: viewer.tool === "count", distance: viewer.tool === "distance", nudge: viewer.tool === "nudge" };
    for (const [id, isOn] of Object.entries(pressed)) {
      for (const button of all(`.tool[data-key="${id}"]`)) button.setAttribute("aria-pressed", String(isOn));
    }
    enable(all(".seg [data-mode]"), ({ mode }) => mode === this.root.dataset.mode, ({ mode }) => mode === "sar" || Boolean(scene?.assets.optical || (packet?.optical_hidden && mode === "pair")));
    enable(all("[data-processed]"), ({ processed }) => (processed === "true") === viewer.isProcessed, ({ processed }) => processed !== "true" || Boolean(scene?.has_processed));
    for (const button of all('.tool[data-key="polarisation"]')) {
      button.hidden = !scene?.polarisations?.length;
      slot("polarisation").textContent = shown.polarisation ?? "SAR";
    }
    for (const button of all('.tool[data-key="nudge"]')) button.toggleAttribute("disabled", !tools.mayNudge);
    for (const button of all('.tool[data-key="count"]')) button.hidden = !tools.mayCount;
    for (const button of all('.tool[data-key="distance"], .tool[data-key="smooth"]')) button.toggleAttribute("disabled", !viewer.canDraw);
    slot("histogram").setAttribute("aria-disabled", String(viewer.isProcessed || !viewer.canDraw));
    this.histogram.colour(rampOf(look.palette, { gamma: viewer.gamma, isInverted: look.isInverted }));
    const range = rangeText(viewer);
    const isFixed = look.fixed?.unit === shown.unit;
    slot("limits").textContent = range + (Math.abs(viewer.gamma - 1) < 0.01 ? "" : ` γ ${viewer.gamma.toFixed(2)}`);
    this.menu.show(look, { gamma: viewer.gamma, range, isByHand: this.#isByHand, isFixed, canDraw: viewer.canDraw, hasValues: !viewer.isProcessed });
  }

  /** @param {Reading | null} reading */
  #read(reading) {
    const { unit } = this.viewer.shown;
    slot("xy").textContent = reading ? `x ${reading.x.toFixed(1)} y ${reading.y.toFixed(1)}` : "x – y –";
    slot("lonlat").textContent = reading?.lonlat ? lonlatText(reading.lonlat) : "";
    slot("sar-value").textContent = !reading ? "" : reading.sar ? `SAR ${reading.sar.map((value) => valueText(value, unit)).join(" ")} ${unitText(unit)}` : "SAR no data";
    slot("optical-value").textContent = reading?.optical ? `RGB ${reading.optical.slice(0, 3).join(" ")}` : "";
  }
}

/**
 * @param {HTMLElement[]} buttons of which one is chosen
 * @param {(data: DOMStringMap) => boolean} isChosen
 * @param {(data: DOMStringMap) => boolean} isPossible
 */
function enable(buttons, isChosen, isPossible) {
  for (const button of buttons) {
    button.setAttribute("aria-pressed", String(isChosen(button.dataset)));
    if (button instanceof HTMLButtonElement) button.disabled = !isPossible(button.dataset);
  }
}

/** From which value to which is shown. @param {Viewer} viewer */
function rangeText({ isProcessed, limits, shown: { unit } }) {
  if (isProcessed) return "0 … 255";
  const [low, high] = limits.map((limit) => (unit === "dn" ? String(Math.round(limit)) : limit.toFixed(1)));
  return `${low} … ${high} ${unitText(unit)}`;
}
