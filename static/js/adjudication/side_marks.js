// @ts-check
/** What each side tapped to count, drawn over both images; told apart by shape as well as by colour. */

import { flip } from "../pixels.js";

/** @typedef {import("./contract").Side} Side */
/** @typedef {import("../viewer/viewer.js").Viewer} Viewer */

/** As in the style sheet, where the letters have them. @type {Record<string, string>} */
const COLOURS = { A: "#ff7ad9", B: "#8dff7a", C: "#ff9a3d", D: "#ffffff", E: "#b79bff", F: "#ff6b6b", G: "#7ab8ff", H: "#d6ff3d", I: "#c9c9c9" };
/** Corners of the mark: a circle, then a square, a triangle, a pentagon. */
const CORNERS = [0, 4, 3, 5];
const RADIUS_PX = 5;
const SVG = "http://www.w3.org/2000/svg";

/** @param {string} letter */
const placeOf = (letter) => letter.charCodeAt(0) - "A".charCodeAt(0);

/** @param {string} letter @param {string} colour @param {number} width */
function shape(letter, colour, width) {
  const stroke = new ol.style.Stroke({ color: colour, width });
  const points = CORNERS[placeOf(letter) % CORNERS.length] ?? 0;
  if (points === 0) return new ol.style.Circle({ radius: RADIUS_PX, stroke });
  return new ol.style.RegularShape({ points, radius: RADIUS_PX + 2, angle: points === 4 ? Math.PI / 4 : 0, stroke });
}

/** @param {string} letter */
function stylesOf(letter) {
  const colour = COLOURS[letter] ?? "#ffffff";
  return [new ol.style.Style({ image: shape(letter, "rgba(0, 0, 0, 0.75)", 4) }), new ol.style.Style({ image: shape(letter, colour, 2) })];
}

/** @param {Side[]} sides @returns {{ letter: string, mark: [number, number] }[]} */
const marksOf = (sides) => sides.flatMap(({ letter, tallies }) => tallies.flat().map((mark) => ({ letter, mark })));

export class SideMarks {
  /** @type {import("ol/source/Vector").default | null} */
  #source = null;
  /** @type {{ letter: string, mark: [number, number] }[]} */
  #marks = [];

  /** @param {Viewer} viewer */
  constructor(viewer) {
    this.viewer = viewer;
    if (viewer.canDraw) this.#watch();
    else new MutationObserver(() => this.#drawStill()).observe(viewer.root, { childList: true, subtree: true });
  }

  /** Layers of their own, over whatever the panels show. */
  #watch() {
    this.#source = new ol.source.Vector();
    for (const { map } of [this.viewer.sar, this.viewer.optical]) {
      new ol.layer.Vector({ source: this.#source, zIndex: 20, updateWhileInteracting: true }).setMap(map);
    }
  }

  /** @param {Side[]} sides of the open draft */
  show(sides) {
    this.#marks = marksOf(sides);
    const rows = this.viewer.packet?.scene.rows ?? 0;
    this.#source?.clear(true);
    this.#source?.addFeatures(
      this.#marks.map(({ letter, mark }) => {
        const found = new ol.Feature(new ol.geom.Point(flip(mark, rows)));
        found.setStyle(stylesOf(letter));
        return found;
      }),
    );
    if (!this.#marks.length) this.#source?.changed();
    if (!this.viewer.canDraw) this.#drawStill();
  }

  /** On still pictures, which are drawn once: circles over their boxes. */
  #drawStill() {
    const radius = (this.viewer.packet?.scene.rows ?? 0) / 90;
    for (const svg of this.viewer.root.querySelectorAll(".still__boxes")) {
      if (Number(svg.getAttribute("data-marks")) === this.#marks.length && svg.querySelectorAll("circle").length === this.#marks.length) continue;
      for (const circle of svg.querySelectorAll("circle")) circle.remove();
      svg.setAttribute("data-marks", String(this.#marks.length));
      for (const { letter, mark } of this.#marks) {
        const circle = document.createElementNS(SVG, "circle");
        for (const [name, value] of Object.entries({ cx: mark[0], cy: mark[1], r: radius, fill: "none", stroke: COLOURS[letter] ?? "#fff", "stroke-width": radius / 3 })) circle.setAttribute(name, String(value));
        svg.append(circle);
      }
    }
  }
}
