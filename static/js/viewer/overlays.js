// @ts-check
/** Scale bar, north and look arrows: only what is known of the scene is shown. */

import { bearingUp } from "../ground.js";

const LONGEST_PX = 120;
/** Up to this share a pixel counts as square. */
const ALIKE = 0.02;

/**
 * The longest of 1, 2, 5 × 10ⁿ metres that fits.
 * @param {number} metresPerPx
 */
export function scaleOf(metresPerPx) {
  const most = LONGEST_PX * metresPerPx;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((step) => step * power).find((step) => step <= most) ?? power;
  return { metres, px: metres / metresPerPx };
}

/** @param {number} metres */
function metresText(metres) {
  return metres >= 1000 ? `${metres / 1000} km` : metres >= 1 ? `${metres} m` : `${Math.round(metres * 100)} cm`;
}

/**
 * A bar across; and one up, of as many metres, where pixels are not as high as wide.
 * @param {HTMLElement} element
 * @param {[number, number] | null} spacing_m metres down and across one pixel, null where it is not known
 * @param {number} resolution image pixels a screen pixel
 */
export function drawScale(element, spacing_m, resolution) {
  element.hidden = spacing_m === null;
  if (spacing_m === null) return;
  const [down, across] = spacing_m;
  const { metres, px } = scaleOf(across * resolution);
  const [text, bar, upright] = element.children;
  if (text) text.textContent = metresText(metres);
  if (bar instanceof HTMLElement) bar.style.width = `${px}px`;
  if (!(upright instanceof HTMLElement)) return;
  upright.hidden = Math.abs(down / across - 1) < ALIKE;
  const height = (px * across) / down;
  upright.style.height = `${height}px`;
  element.style.minHeight = upright.hidden ? "" : `${height + 10}px`;
}

/**
 * @param {HTMLElement} element
 * @param {number} turn degrees clockwise from the way up the screen
 * @param {string} text
 */
function drawArrow(element, turn, text) {
  const [label, arrow] = element.children;
  if (label) label.textContent = text;
  if (arrow instanceof SVGElement) arrow.style.transform = `rotate(${turn}deg)`;
}

/**
 * @param {HTMLElement} north
 * @param {HTMLElement} look
 * @param {import("../review/contract").Scene} scene
 */
export function drawArrows(north, look, scene) {
  const corners = scene.ground?.lonlat_corners;
  north.hidden = !corners;
  look.hidden = !corners || scene.look_azimuth_deg === null;
  if (!corners) return;
  const up = bearingUp(corners);
  drawArrow(north, -up, "N");
  if (scene.look_azimuth_deg !== null) drawArrow(look, scene.look_azimuth_deg - up, `look ${Math.round(scene.look_azimuth_deg)}°`);
}
