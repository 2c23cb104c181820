// @ts-check
/** Without WebGL: a picture drawn once on a canvas, with the same boxes and marks; clicks count in it too. */

import { openAsset, openFile } from "./assets.js";
import { REACH_PX } from "./tally_marks.js";

/** @typedef {import("../pixels.js").Point} Point */
/** @typedef {import("../review/contract").Scene} Scene */
/** @typedef {{ areBoxesShown: boolean, lit: number[], marks: readonly Point[], judged: import("./box_drawing.js").Outlined[] }} State */

const SVG = "http://www.w3.org/2000/svg";
/** A canvas larger than this is not worth its memory; the picture is drawn smaller. */
const LONGEST_PX = 1600;

/**
 * The smallest overview that still has every pixel that is drawn.
 * @param {import("./assets.js").Source} source
 * @param {number} width
 */
async function smallestOf(source, width) {
  const file = await openFile(source);
  let found = await file.getImage(0);
  for (let at = 1; at < (await file.getImageCount()); at += 1) {
    const image = await file.getImage(at);
    if (image.getWidth() >= width && image.getWidth() < found.getWidth()) found = image;
  }
  return found;
}

/**
 * @param {string} url
 * @param {Scene} scene
 */
async function readPicture(url, scene) {
  const source = await openAsset(url, scene.rows * scene.cols);
  const shrink = Math.min(1, LONGEST_PX / Math.max(scene.rows, scene.cols));
  const [width, height] = [Math.round(scene.cols * shrink), Math.round(scene.rows * shrink)];
  const image = await smallestOf(source, width);
  const bands = /** @type {ArrayLike<number>[]} */ (/** @type {unknown} */ (await image.readRasters({ width, height, interleave: false })));
  const picture = new ImageData(width, height);
  for (let at = 0; at < width * height; at += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      picture.data[at * 4 + channel] = Number((bands[channel] ?? bands[0])?.[at] ?? 0);
    }
    picture.data[at * 4 + 3] = 255;
  }
  return picture;
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function shape(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

export class Still {
  /** @type {ImageData | null} */
  #picture = null;
  /** @type {number[]} */
  #hot = [];
  /** @type {State} */
  #state = { areBoxesShown: true, lit: [], marks: [], judged: [] };

  /**
   * @param {HTMLElement} target
   * @param {import("../review/contract").Viewed} packet
   * @param {(point: Point, reach: number) => void} onTap in pixels of the scene
   */
  constructor(target, packet, onTap) {
    this.packet = packet;
    this.canvas = document.createElement("canvas");
    this.svg = shape("svg", { class: "still__boxes", viewBox: `0 0 ${packet.scene.cols} ${packet.scene.rows}` });
    this.element = document.createElement("div");
    this.element.className = "still";
    this.element.style.aspectRatio = `${packet.scene.cols} / ${packet.scene.rows}`;
    this.element.append(this.canvas, this.svg);
    target.replaceChildren(this.element);
    this.element.addEventListener("click", (event) => onTap(this.pointAt(event), REACH_PX * this.resolution));
  }

  /** Pixels of the scene a pixel of the screen. */
  get resolution() {
    return this.packet.scene.cols / Math.max(1, this.element.getBoundingClientRect().width);
  }

  /** @param {MouseEvent} event @returns {Point} in pixels of the scene */
  pointAt({ clientX, clientY }) {
    const { left, top } = this.element.getBoundingClientRect();
    return [(clientX - left) * this.resolution, (clientY - top) * this.resolution];
  }

  /**
   * @param {string} url
   * @param {[number, number]} [offset_px] [row, col] by which the image is drawn moved
   */
  async draw(url, offset_px = [0, 0]) {
    this.#picture = await readPicture(url, this.packet.scene);
    this.canvas.width = this.#picture.width;
    this.canvas.height = this.#picture.height;
    this.move(offset_px);
  }

  /** @param {[number, number]} offset_px */
  move([down, right]) {
    const context = this.canvas.getContext("2d");
    if (!this.#picture || !context) return;
    const shrink = this.#picture.width / this.packet.scene.cols;
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.putImageData(this.#picture, Math.round(right * shrink), Math.round(down * shrink));
  }

  /** @param {State} state */
  show(state) {
    this.#state = state;
    this.#redraw();
  }

  /** @param {number[]} numbers boxes pointed at */
  heat(numbers) {
    this.#hot = numbers;
    this.#redraw();
  }

  #redraw() {
    const size = this.packet.scene.rows / 36;
    this.svg.replaceChildren();
    this.#drawBoxes(size);
    for (const outlined of this.#state.judged) this.#drawJudged(outlined, size);
    for (const [at, [x, y]] of this.#state.marks.entries()) {
      this.svg.append(shape("circle", { cx: x, cy: y, r: size / 3 }));
      this.svg.append(shape("text", { class: "is-mark", x: x + size / 2, y: y - size / 3, "font-size": size }, String(at + 1)));
    }
  }

  /** @param {number} size of letters, in pixels of the scene */
  #drawBoxes(size) {
    const { areBoxesShown, lit } = this.#state;
    const { boxes, scene } = this.packet;
    for (const { number, x_min: x, y_min: y, width, height } of boxes) {
      const isHot = this.#hot.includes(number);
      if (!areBoxesShown && !isHot) continue;
      const kind = isHot || lit.includes(number) ? "is-lit" : "is-plain";
      this.svg.append(shape("rect", { class: kind, x, y, width, height }));
      this.svg.append(shape("text", { class: kind, x, y: y - scene.rows / 200, "font-size": size }, String(number)));
    }
  }

  /** What is said of a box: at its lower edge, for its number stands on the upper one. @param {import("./box_drawing.js").Outlined} outlined @param {number} size */
  #drawJudged({ place: [x, y, width, height], colour, dash, text }, size) {
    const rect = shape("rect", { class: "is-judged", x, y, width, height, "stroke-dasharray": dash.join(" ") });
    const words = shape("text", { x, y: y + height + size, "font-size": size }, text);
    rect.style.stroke = words.style.fill = colour;
    this.svg.append(rect, words);
  }
}
