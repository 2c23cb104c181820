// @ts-check
/** Boxes as they are judged, over both images or still pictures, and the drawing of one that is missing: by the mouse, or by arrow keys. */

import { extentOf, flip } from "../pixels.js";

/** @typedef {import("./viewer.js").Viewer} Viewer */
/** @typedef {import("./panel.js").Panel} Panel */
/** @typedef {[number, number, number, number]} Place x_min, y_min, width, height in pixels of the scene */
/** What is drawn over an image. @typedef {{ place: Place, colour: string, dash: number[], text: string }} Outlined */
/** @typedef {{ number: number, category: string, said: { verdict: string, category?: string }, x_min: number, y_min: number, width: number, height: number }} Judged */

const COLOURS = { wrong_class: "#ffb45e", spurious: "#ff7d73", missing: "#7fe08a", drawing: "#ffffff" };
const FONT = "600 10px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
/** A box that is smaller on the screen cannot be judged. */
const LEAST_SHOWN_PX = 40;
const WANTED_PX = 110;
/** One that is larger shows too little of what is around it. */
const MOST_SHOWN_PX = 260;
/** The smallest that the server takes. */
const LEAST_PX = 1;
/** A shorter drag is a click. */
const LEAST_DRAG_PX = 4;

/** @param {Place} place @param {number} rows */
function outline([x_min, y_min, width, height], rows) {
  const [left, bottom, right, top] = extentOf({ x_min, y_min, width, height }, rows);
  return [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]];
}

/** @param {string} colour @param {number[]} dash @param {string} text @param {import("ol/geom/Point").default} corner */
function stylesOf(colour, dash, text, corner) {
  const { Style, Stroke, Fill, Text } = ol.style;
  const label = new Text({ text, font: FONT, fill: new Fill({ color: "#000" }), backgroundFill: new Fill({ color: colour }), padding: [1, 2, 0, 3], textAlign: "left", textBaseline: "bottom", offsetX: 3, offsetY: -2 });
  return [
    new Style({ stroke: new Stroke({ color: "rgba(0, 0, 0, 0.7)", width: 4 }) }),
    new Style({ stroke: new Stroke({ color: colour, width: 2, lineDash: dash }) }),
    ...(text ? [new Style({ geometry: corner, text: label })] : []),
  ];
}

/** @param {Judged} box what stands on it */
function textOf({ number, category, said }) {
  if (said.verdict === "spurious") return `✕ ${number}`;
  return said.verdict === "missing" ? `+ ${number} ${category}` : `${number} → ${said.category}`;
}

/** @param {Judged[]} boxes all; those that are right are not marked @param {Place | null} drawing @returns {Outlined[]} */
function outlinedOf(boxes, drawing) {
  const marked = boxes.filter(({ said }) => said.verdict !== "right");
  const outlined = marked.map((box) => {
    const verdict = /** @type {keyof typeof COLOURS} */ (box.said.verdict);
    return { place: /** @type {Place} */ ([box.x_min, box.y_min, box.width, box.height]), colour: COLOURS[verdict], dash: verdict === "missing" ? [] : [5, 4], text: textOf(box) };
  });
  return drawing ? [...outlined, { place: drawing, colour: COLOURS.drawing, dash: [3, 3], text: "" }] : outlined;
}

export class JudgedBoxes {
  #source = new ol.source.Vector();
  /** As they are shown now. @type {Outlined[]} */
  outlined = [];

  /** A layer for one panel, over the boxes themselves. */
  layer() {
    return new ol.layer.Vector({ source: this.#source, zIndex: 12, updateWhileInteracting: true });
  }

  /**
   * @param {Judged[]} boxes all
   * @param {number} rows
   * @param {Place | null} drawing
   */
  show(boxes, rows, drawing) {
    this.outlined = outlinedOf(boxes, drawing);
    this.#source.clear(true);
    this.#source.addFeatures(this.outlined.map((one) => this.#feature(one, rows)));
  }

  /** @param {Outlined} outlined @param {number} rows */
  #feature({ place, colour, dash, text }, rows) {
    const found = new ol.Feature(new ol.geom.Polygon([outline(place, rows)]));
    found.setStyle(stylesOf(colour, dash, text, new ol.geom.Point(flip([place[0], place[1]], rows))));
    return found;
  }
}

/**
 * Bring a box to the middle; nearer where it would be too small to judge, farther where it would not fit. What is near
 * enough stays as near as it is.
 * @param {Viewer} viewer
 * @param {{ x_min: number, y_min: number, width: number, height: number }} box
 */
export function bringIntoSight(viewer, { x_min, y_min, width, height }) {
  const { view } = viewer.sight;
  const scene = viewer.packet?.scene;
  const panel = viewer.sar.map.getSize();
  if (!view || !scene || !panel) return;
  const longest = Math.max(width, height);
  const shown = longest / viewer.sight.resolution;
  const most = Math.min(panel[0] ?? 1, panel[1] ?? 1);
  // No farther than the whole scene; a box that is as large as the panel just fits.
  const whole = Math.max(scene.cols / (panel[0] ?? 1), scene.rows / (panel[1] ?? 1));
  // Where all of the scene is in sight and the box is large enough, nothing needs to move.
  if (viewer.sight.isFitted && shown >= LEAST_SHOWN_PX) return;
  viewer.sight.free();
  const wanted = Math.min(WANTED_PX, 0.8 * most);
  if (shown < LEAST_SHOWN_PX || shown > MOST_SHOWN_PX) view.setResolution(Math.min(whole, longest / wanted));
  view.setCenter(flip([x_min + width / 2, y_min + height / 2], scene.rows));
}

/** @param {Place} place kept inside the scene, at least a pixel wide and high @param {{ rows: number, cols: number }} scene @returns {Place} */
export function placeInside([x, y, width, height], { rows, cols }) {
  const [w, h] = [Math.min(cols, Math.max(LEAST_PX, width)), Math.min(rows, Math.max(LEAST_PX, height))];
  const [left, top] = [Math.min(cols - w, Math.max(0, x)), Math.min(rows - h, Math.max(0, y))];
  const tenths = (/** @type {number} */ value) => Math.round(value * 10) / 10;
  return [tenths(left), tenths(top), tenths(w), tenths(h)];
}

/** Between two corners. @param {import("../pixels.js").Point} one @param {import("../pixels.js").Point} other @param {{ rows: number, cols: number }} scene @returns {Place} */
export function placeBetween(one, other, scene) {
  const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(most, Math.max(0, value));
  const [x0, x1] = [within(one[0], scene.cols), within(other[0], scene.cols)].sort((a, b) => a - b);
  const [y0, y1] = [within(one[1], scene.rows), within(other[1], scene.rows)].sort((a, b) => a - b);
  return placeInside([x0 ?? 0, y0 ?? 0, (x1 ?? 0) - (x0 ?? 0), (y1 ?? 0) - (y0 ?? 0)], scene);
}

export class BoxDrawing {
  /** @type {Place | null} */
  place = null;
  /** Where the drag began, in pixels of the scene. @type {import("../pixels.js").Point | null} */
  #from = null;
  isOn = false;

  /**
   * @param {Viewer} viewer
   * @param {{ onChange: () => void, onMoved: (place: Place) => void, onDrawn: (place: Place) => void, onLeft: () => void }} listeners
   */
  constructor(viewer, listeners) {
    this.viewer = viewer;
    this.listeners = listeners;
    for (const panel of [viewer.sar, viewer.optical]) this.#listen(panel);
    // Before all other keys: while a box is drawn, arrows, Enter and Escape are its own.
    document.addEventListener("keydown", (event) => this.#onKey(event), true);
  }

  /** A box of a usual size in the middle of what is in sight, to be moved; or another one, drawn with the mouse. */
  begin() {
    const { packet } = this.viewer;
    if (!packet || this.isOn) return;
    this.viewer.setTool(null);
    this.isOn = true;
    const [x, y, width, height] = this.viewer.window;
    const side = Math.max(4, Math.min(width, height) / 8);
    this.#set(placeInside([x + width / 2 - side / 2, y + height / 2 - side / 2, side, side], packet.scene));
    this.viewer.root.classList.add("is-drawing");
  }

  end() {
    if (!this.isOn) return;
    this.isOn = false;
    this.#from = null;
    this.place = null;
    this.viewer.root.classList.remove("is-drawing");
    this.listeners.onChange();
  }

  /** @param {Place} place */
  #set(place) {
    this.place = place;
    this.listeners.onChange();
  }

  /** @param {Place} place */
  #move(place) {
    this.#set(place);
    this.listeners.onMoved(place);
  }

  #finish() {
    if (this.place) this.listeners.onDrawn(this.place);
  }

  /** @param {Panel} panel */
  #listen(panel) {
    const { target } = panel;
    // In the capture phase, so that the map below does not move along.
    target.addEventListener("pointerdown", (event) => this.#down(panel, event), true);
    target.addEventListener("pointermove", (event) => this.#drag(panel, event), true);
    target.addEventListener("pointerup", (event) => this.#up(panel, event), true);
    target.addEventListener("pointercancel", () => (this.#from = null), true);
  }

  /** @param {Panel} panel @param {PointerEvent} event */
  #down(panel, event) {
    if (!this.isOn || event.button !== 0) return;
    event.stopPropagation();
    event.preventDefault();
    this.#from = this.viewer.picture.pointAt(panel, event);
    panel.target.setPointerCapture(event.pointerId);
  }

  /** @param {Panel} panel @param {PointerEvent} event */
  #drag(panel, event) {
    const point = this.#from && this.viewer.picture.pointAt(panel, event);
    const scene = this.viewer.packet?.scene;
    if (!this.#from || !point || !scene) return;
    event.stopPropagation();
    this.#set(placeBetween(this.#from, point, scene));
  }

  /** @param {Panel} panel @param {PointerEvent} event */
  #up(panel, event) {
    const point = this.#from && this.viewer.picture.pointAt(panel, event);
    if (!this.#from || !point) return;
    event.stopPropagation();
    const resolution = this.viewer.picture.resolutionOf(panel);
    const isDrag = Math.max(Math.abs(point[0] - this.#from[0]), Math.abs(point[1] - this.#from[1])) / resolution >= LEAST_DRAG_PX;
    this.#from = null;
    if (isDrag) this.#finish();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const isElsewhere = event.target instanceof HTMLElement && event.target.closest("dialog, input, textarea, select, [popover]") !== null;
    if (!this.isOn || event.ctrlKey || event.metaKey || event.altKey || isElsewhere) return;
    if (!this.#take(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  #take({ key, shiftKey, target }) {
    const scene = this.viewer.packet?.scene;
    if (!scene || !this.place) return false;
    const [, , wide, high] = this.viewer.window;
    const step = Math.max(1, Math.round(Math.min(wide, high) / 100));
    /** @type {Record<string, import("../pixels.js").Point>} */
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const move = moves[key];
    const [x, y, width, height] = this.place;
    if (move && shiftKey) this.#move(placeInside([x, y, width + move[0], height + move[1]], scene));
    else if (move) this.#move(placeInside([x + move[0], y + move[1], width, height], scene));
    else if (key === "Enter" && !(target instanceof HTMLButtonElement)) this.#finish();
    else if (key === "Escape" || key === "Backspace") this.#leave();
    else return false;
    return true;
  }

  #leave() {
    this.end();
    this.listeners.onLeft();
  }
}
