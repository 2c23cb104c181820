// @ts-check
/** One panel: a map over the view that it shares with the other, its cross-hair, and what is under the pointer. */

/** @typedef {[number, number]} Point */

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
   * @param {{ onPoint: (coordinate: Point | null) => void, onBox: (numbers: number[], isClick: boolean) => void, boxesAt: (coordinate: Point, tolerance: number) => number[] }} listeners
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
    this.map.on("click", (event) => this.listeners.onBox(this.#boxesAt(event.pixel), true));
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
