// @ts-check
/** The toolbar and the status bar around the viewer: what is set there, and what is read off. */

import { element, slot } from "../dom.js";
import { lonlatText } from "../ground.js";
import { HistogramControl } from "../viewer/histogram.js";
import { MODES, Viewer } from "../viewer/viewer.js";
import { unitText, valueText } from "./vocabulary.js";

/** @typedef {import("./contract").PacketView} PacketView */
/** @typedef {import("../viewer/viewer.js").Reading} Reading */

/** @param {string} selector */
const all = (selector) => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(selector)]);

/** Metres a pixel: one figure where rows and columns agree to a hundredth. @param {[number, number] | null} spacing_m */
function spacingText(spacing_m) {
  if (!spacing_m) return null;
  const [down, across] = spacing_m.map((spacing) => Number(spacing.toPrecision(3)));
  return Math.abs(spacing_m[0] / spacing_m[1] - 1) < 0.01 ? `${across} m` : `${down} × ${across} m`;
}

/** To the minute, as the source states it. @param {string | null} moment ISO 8601 */
const momentText = (moment) => moment && moment.replace("T", " ").replace(/^(\d{4}-\d\d-\d\d \d\d:\d\d).*?(Z?)$/, "$1$2");

/** @param {(string | null | false | undefined)[]} parts */
const joined = (...parts) => parts.filter(Boolean).join(" · ");

export class Display {
  /** @param {{ onBox: (numbers: number[], isClick: boolean) => void }} listeners */
  constructor({ onBox }) {
    const [root] = all(".panels");
    const [swipe] = all(".swipe");
    if (!root || !swipe) throw new Error("the page lacks its panels");
    this.root = root;
    this.swipe = swipe;
    this.notice = slot("image-notice");
    this.viewer = new Viewer(root, { onRead: (reading) => this.#read(reading), onBox, onTrouble: (message) => this.#trouble(message) });
    this.histogram = new HistogramControl(slot("histogram"), (limits) => {
      this.viewer.setLimits(limits);
      this.#showLimits();
    });
    this.#listen();
  }

  #listen() {
    for (const button of all(".seg [data-mode]")) button.addEventListener("click", () => this.#mode(button.dataset.mode));
    for (const button of all("[data-processed]")) button.addEventListener("click", () => this.#processed(button.dataset.processed === "true"));
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

  /** @param {PacketView} packet */
  show(packet) {
    const { scene } = packet;
    this.notice.hidden = true;
    if (!this.viewer.canDraw) this.#trouble("This browser draws no WebGL: a still picture is shown, without zoom and limits. Verdicts work as ever.");
    void this.viewer.show(packet);
    this.histogram.show(scene.histogram, scene.limits);
    this.#tag(this.viewer.sar, joined("SAR", scene.sensor, scene.band, scene.polarisation, spacingText(scene.pixel_spacing_m), scene.incidence_deg !== null && `${Math.round(scene.incidence_deg)}° incidence`, momentText(scene.sar_acquired_at)));
    this.#tag(this.viewer.optical, joined("Optical", scene.optical_sensor, scene.optical_note, momentText(scene.optical_acquired_at)));
    // Beside the image that is shown: without the optical one, it explains why there is none.
    this.#warn(scene.assets.optical ? this.viewer.optical : this.viewer.sar, scene.pair_notice);
    this.#read(null);
    this.#sync();
  }

  clear() {
    this.viewer.clear();
    for (const panel of [this.viewer.sar, this.viewer.optical]) panel.tag.hidden = true;
  }

  /**
   * @param {import("../viewer/panel.js").Panel} panel
   * @param {string} text
   */
  #tag(panel, text) {
    panel.tag.textContent = text;
    panel.tag.hidden = false;
  }

  /**
   * A line under the panel's title: how far the optical image is to be trusted.
   * @param {import("../viewer/panel.js").Panel} panel
   * @param {string | null} notice
   */
  #warn(panel, notice) {
    if (notice) panel.tag.append(element("span", { class: "tag__notice", text: `⚠ The optical image ${notice}` }));
  }

  /** @param {string} message */
  #trouble(message) {
    this.notice.textContent = message;
    this.notice.hidden = false;
  }

  /**
   * The action of a key or button of the image.
   * @param {string} id
   * @returns {boolean} whether it is one
   */
  press(id) {
    const { viewer } = this;
    /** @type {Record<string, () => void>} */
    const actions = {
      view: () => this.#mode(MODES[(MODES.indexOf(viewer.mode) + 1) % MODES.length]),
      blink: () => viewer.blink(),
      processed: () => this.#processed(!viewer.isProcessed),
      invert: () => viewer.setInverted(!viewer.isInverted),
      smooth: () => viewer.setSmooth(!viewer.isSmooth),
      boxes: () => viewer.setBoxes(!viewer.areBoxesShown),
      darker: () => viewer.setBrightness(viewer.brightness / 1.1),
      brighter: () => viewer.setBrightness(viewer.brightness * 1.1),
      limits: () => this.#resetLimits(),
      fit: () => viewer.fitOrFill(),
      nearer: () => viewer.zoom(0.5),
      farther: () => viewer.zoom(-0.5),
    };
    const action = actions[id];
    action?.();
    this.#sync();
    return action !== undefined;
  }

  /** @param {string | undefined} name */
  #mode(name) {
    const mode = MODES.find((known) => known === name) ?? "pair";
    this.viewer.setMode(mode);
    this.#swipeTo(50);
    this.#sync();
  }

  /** @param {boolean} isProcessed */
  #processed(isProcessed) {
    this.viewer.setProcessed(isProcessed);
    this.#sync();
  }

  #resetLimits() {
    const limits = this.viewer.packet?.scene.limits;
    if (!limits) return;
    this.viewer.setBrightness(1);
    this.viewer.setLimits([...limits]);
    this.histogram.set(limits);
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
    const { viewer } = this;
    const scene = viewer.packet?.scene;
    const pressed = { invert: viewer.isInverted, smooth: viewer.isSmooth, boxes: viewer.areBoxesShown };
    for (const [id, isOn] of Object.entries(pressed)) {
      for (const button of all(`.tool[data-key="${id}"]`)) button.setAttribute("aria-pressed", String(isOn));
    }
    for (const button of all(".seg [data-mode]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === this.root.dataset.mode));
      if (button instanceof HTMLButtonElement) button.disabled = button.dataset.mode !== "sar" && !scene?.assets.optical;
    }
    for (const button of all("[data-processed]")) {
      button.setAttribute("aria-pressed", String((button.dataset.processed === "true") === viewer.isProcessed));
      if (button instanceof HTMLButtonElement) button.disabled = button.dataset.processed === "true" && !scene?.has_processed;
    }
    slot("histogram").setAttribute("aria-disabled", String(viewer.isProcessed || !viewer.canDraw));
    this.#showLimits();
  }

  #showLimits() {
    const { viewer } = this;
    const unit = viewer.packet?.scene.unit ?? "dn";
    const gamma = Math.abs(viewer.gamma - 1) < 0.01 ? "" : ` γ ${viewer.gamma.toFixed(2)}`;
    const range = viewer.isProcessed ? "0 … 255" : `${limitText(viewer.limits[0], unit)} … ${limitText(viewer.limits[1], unit)} ${unitText(unit)}`;
    slot("limits").textContent = range + gamma;
  }

  /** @param {Reading | null} reading */
  #read(reading) {
    const unit = this.viewer.packet?.scene.unit ?? "dn";
    slot("xy").textContent = reading ? `x ${reading.x.toFixed(1)} y ${reading.y.toFixed(1)}` : "x – y –";
    slot("lonlat").textContent = reading?.lonlat ? lonlatText(reading.lonlat) : "";
    slot("sar-value").textContent = !reading ? "" : reading.sar ? `SAR ${reading.sar.map((value) => valueText(value, unit)).join(" ")} ${unitText(unit)}` : "SAR no data";
    slot("optical-value").textContent = reading?.optical ? `RGB ${reading.optical.slice(0, 3).join(" ")}` : "";
  }
}

/**
 * @param {number} value
 * @param {string} unit
 */
function limitText(value, unit) {
  return unit === "dn" ? String(Math.round(value)) : value.toFixed(1);
}
