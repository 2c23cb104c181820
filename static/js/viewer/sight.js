// @ts-check
/**
 * The one view that both panels share: which part of the scene is in sight, and how near. It stays through a reload of the
 * tab, and where the person likes it so for the next scene.
 */

/** @typedef {{ rows: number, cols: number }} Size of the scene, in pixels */
/** @typedef {{ scene: string, isFilled: boolean, place: { resolution: number, x: number, y: number } | null }} Kept `x` and `y` as shares of the scene; no place where the whole image was fitted */

const KEY = "trihedral.sight";
const MARGIN_PX = 12;

/** @returns {Kept | null} */
function storedSight() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    const numbers = kept?.place ? [kept.place.resolution, kept.place.x, kept.place.y] : [];
    return typeof kept?.scene === "string" && numbers.every(Number.isFinite) ? kept : null;
  } catch {
    // Storage that is switched off, or that somebody wrote into.
    return null;
  }
}

/** @param {Size} size */
function makeView({ rows, cols }) {
  const extent = [0, 0, cols, rows];
  const projection = new ol.proj.Projection({ code: `pixels-${cols}x${rows}`, units: "pixels", extent });
  const view = new ol.View({
    projection,
    center: [cols / 2, rows / 2],
    resolution: 1,
    minResolution: 1 / 32,
    maxResolution: Math.max(1, Math.max(rows, cols) / 128),
    extent,
    constrainOnlyCenter: true,
    showFullExtent: true,
    enableRotation: false,
  });
  return { view, projection };
}

export class Sight {
  /** @type {Size} */
  #size = { rows: 1, cols: 1 };
  #scene = "";
  #isFilled = false;
  isFitted = true;
  /** @type {import("ol/View").default | null} */
  view = null;
  /** @type {import("ol/proj/Projection").default | null} */
  projection = null;
  /** The size of a panel on the screen. @type {() => number[] | undefined} */
  #panel;

  /** @param {() => number[] | undefined} panel */
  constructor(panel) {
    this.#panel = panel;
  }

  /**
   * Look at a scene: as it was looked at last in this tab, else as the one before where that is wished, else at all of it.
   * @param {string} scene
   * @param {Size} size
   * @param {boolean} keepsZoom
   */
  open(scene, size, keepsZoom) {
    const kept = storedSight();
    this.#scene = scene;
    this.#size = size;
    Object.assign(this, makeView(size));
    const goesOn = kept !== null && (keepsZoom || kept.scene === scene);
    this.#isFilled = goesOn && kept.isFilled;
    this.isFitted = !goesOn || !kept.place;
    if (!goesOn || !kept.place || !this.view) return;
    this.view.setResolution(kept.place.resolution);
    this.view.setCenter([kept.place.x * size.cols, kept.place.y * size.rows]);
  }

  /** Keep what is in sight now for a reload and for the next scene. */
  remember() {
    const [x, y] = this.view?.getCenter() ?? [];
    const resolution = this.view?.getResolution();
    if (x === undefined || y === undefined || resolution === undefined) return;
    const place = this.isFitted ? null : { resolution, x: x / this.#size.cols, y: y / this.#size.rows };
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ scene: this.#scene, isFilled: this.#isFilled, place }));
    } catch {
      // A browser that keeps nothing shows the whole image after a reload.
    }
  }

  /** The person has moved or zoomed: from now on a change of the window's size moves nothing. */
  free() {
    this.isFitted = false;
  }

  /** The whole image; where that is shown already, as much of it as fills the panel. */
  fitOrFill() {
    this.#isFilled = this.isFitted && !this.#isFilled;
    this.fit();
  }

  fit() {
    const panel = this.#panel();
    if (!this.view || !panel) return;
    const { rows, cols } = this.#size;
    const ratios = [cols / Math.max(1, (panel[0] ?? 0) - MARGIN_PX), rows / Math.max(1, (panel[1] ?? 0) - MARGIN_PX)];
    this.isFitted = true;
    this.view.setCenter([cols / 2, rows / 2]);
    this.view.setResolution(this.#isFilled ? Math.min(...ratios) : Math.max(...ratios));
  }

  /** @param {number} steps positive: nearer */
  zoom(steps) {
    this.free();
    this.view?.adjustZoom(steps);
  }

  /** Image pixels a screen pixel. */
  get resolution() {
    return this.view?.getResolution() ?? 1;
  }

  /** What of the scene is in sight. @returns {[number, number, number, number]} x_min, y_min, width, height in its pixels */
  get window() {
    const { rows, cols } = this.#size;
    const panel = this.#panel();
    if (!this.view || !panel) return [0, 0, cols, rows];
    const [left = 0, bottom = 0, right = cols, top = rows] = this.view.calculateExtent(panel);
    const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(most, Math.max(0, value));
    const [x0, x1] = [within(left, cols), within(right, cols)];
    const [y0, y1] = [within(rows - top, rows), within(rows - bottom, rows)];
    const rounded = [x0, y0, x1 - x0, y1 - y0].map((value) => Math.round(value * 10) / 10);
    return /** @type {[number, number, number, number]} */ (rounded);
  }
}
