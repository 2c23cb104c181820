// @ts-check
/** Without WebGL: the processed picture and the optical one drawn once on a canvas, with the same boxes. */

import { openAsset, openFile } from "./assets.js";

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
 * @param {import("../review/contract").Scene} scene
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
 * @param {import("../review/contract").Box[]} boxes
 * @param {import("../review/contract").Scene} scene
 */
function drawBoxes(boxes, scene) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "still__boxes");
  svg.setAttribute("viewBox", `0 0 ${scene.cols} ${scene.rows}`);
  for (const box of boxes) {
    const rectangle = document.createElementNS(SVG, "rect");
    for (const [name, value] of [["x", box.x_min], ["y", box.y_min], ["width", box.width], ["height", box.height]]) {
      rectangle.setAttribute(String(name), String(value));
    }
    const number = document.createElementNS(SVG, "text");
    number.setAttribute("x", String(box.x_min));
    number.setAttribute("y", String(box.y_min - scene.rows / 200));
    number.setAttribute("font-size", String(scene.rows / 36));
    number.textContent = String(box.number);
    svg.append(rectangle, number);
  }
  return svg;
}

/**
 * @param {HTMLElement} target
 * @param {string} url
 * @param {import("../review/contract").PacketView} packet
 * @param {[number, number]} [offset_px] [row, col] by which the image is drawn moved
 */
export async function drawStill(target, url, packet, [down, right] = [0, 0]) {
  const picture = await readPicture(url, packet.scene);
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  const shrink = picture.width / packet.scene.cols;
  canvas.getContext("2d")?.putImageData(picture, Math.round(right * shrink), Math.round(down * shrink));
  const still = document.createElement("div");
  still.className = "still";
  still.style.aspectRatio = `${picture.width} / ${picture.height}`;
  still.append(canvas, drawBoxes(packet.boxes, packet.scene));
  target.replaceChildren(still);
}
