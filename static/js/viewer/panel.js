// @ts-check
/** One panel: a map over the view that it shares with the other, its cross-hair, and what is under the pointer. */

/** @typedef {[number, number]} Point */

/**
 * @typedef {object} Listeners
 * @property {(coordinate: Point | null) => void} onPoint
 * @property {(coordinate: Point, resolution: number) => boolean} onTap a click; whether a tool took it
 * @property {(numbers: number[], isClick: boolean) => void} onBox
 * @property {(coordinate: Point, tolerance: number) => number[]} boxesAt
 * @property {() => void} onMove the person has moved or zoomed what is in sight
 */

/** So near to a box the pointer still means it. */
const REACH_PX = 3;

/** @param {Element | null} found */
function html(found) {
  if (!(found instanceof HTMLElement)) throw new Error("the page lacks a part of the viewer");
  return found;
}

export class Panel {
  /**
   * @param {HTMLElement} element
   * @param {Listeners} listeners
   */
  constructor(element, listeners) {
    this.element = element;
    this.tag = html(element.querySelector(".tag"));
    this.cross = html(element.querySelector(".cross"));
    this.scale = html(element.querySelector(".scale"));
    this.target = html(element.querySelector(".panel__map"));
    this.listeners = listeners;
    this.map = new ol.Map({
      target: this.target,
      controls: [],
      interactions: ol.interaction.defaults.defaults({ altShiftDragRotate: false, pinchRotate: false, keyboard: false, zoomDuration: 0 }),
    });
    this.#listen();
  }

  #listen() {
    this.target.addEventListener("pointermove", (event) => this.#pointed(event));
    this.target.addEventListener("pointerleave", () => {
      this.listeners.onPoint(null);
      this.listeners.onBox([], false);
    });
    this.target.addEventListener("wheel", () => this.listeners.onMove(), { passive: true });
    this.map.on("dblclick", () => this.listeners.onMove());
    this.map.on("pointerdrag", () => this.listeners.onMove());
    this.map.on("click", (event) => this.#clicked(event.pixel));
  }

  /** @param {PointerEvent} event */
  #pointed(event) {
    const pixel = this.map.getEventPixel(event);
    const coordinate = this.map.getCoordinateFromPixel(pixel);
    // Null before the first drawing.
    if (!coordinate) return;
    this.listeners.onPoint([coordinate[0] ?? 0, coordinate[1] ?? 0]);
    this.listeners.onBox(event.buttons ? [] : this.#boxesAt(pixel), false);
  }

  /** @param {number[]} pixel */
  #clicked(pixel) {
    const coordinate = this.map.getCoordinateFromPixel(pixel);
    const resolution = this.map.getView().getResolution() ?? 1;
    if (coordinate && this.listeners.onTap([coordinate[0] ?? 0, coordinate[1] ?? 0], resolution)) return;
    this.listeners.onBox(this.#boxesAt(pixel), true);
  }

  /** Two quick clicks are two marks then, not a step nearer. @param {boolean} isTapping */
  setTapping(isTapping) {
    for (const interaction of this.map.getInteractions().getArray()) {
      if (interaction instanceof ol.interaction.DoubleClickZoom) interaction.setActive(!isTapping);
    }
  }

  /**
   * @param {number[]} pixel
   * @returns {number[]}
   */
  #boxesAt(pixel) {
    const coordinate = this.map.getCoordinateFromPixel(pixel);
    const resolution = this.map.getView().getResolution() ?? 1;
    return coordinate ? this.listeners.boxesAt([coordinate[0] ?? 0, coordinate[1] ?? 0], REACH_PX * resolution) : [];
  }

  /**
   * @param {import("ol/View").default} view
   * @param {import("ol/layer/Base").default[]} layers
   */
  show(view, layers) {
    this.map.setView(view);
    this.map.setLayers(layers);
    this.map.updateSize();
  }

  /** Resolves when all that is in sight has been drawn. @returns {Promise<void>} */
  drawn() {
    return new Promise((resolve) => {
      this.map.once("rendercomplete", () => resolve());
      this.map.render();
    });
  }

  /** @param {Point | null} coordinate */
  point(coordinate) {
    const pixel = coordinate && this.map.getPixelFromCoordinate(coordinate);
    this.cross.hidden = !pixel;
    if (pixel) this.cross.style.transform = `translate(${pixel[0]}px, ${pixel[1]}px)`;
  }

  clear() {
    this.map.setLayers([]);
    this.cross.hidden = true;
  }
}
