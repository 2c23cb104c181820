// @ts-check
/** Moving and zooming by wheel, hand, two fingers and keys. One finger on a whole picture scrolls the page, as everywhere. */

import { moved, WHOLE, zoomed } from "./place.js";

/** @typedef {import("./pictures.js").Pictures} Pictures */

const STEP = 1.5;
const KEY_SHARE = 0.1;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Gestures {
  /** @type {Map<number, PointerEvent>} */
  #fingers = new Map();

  /**
   * @param {HTMLElement} frame
   * @param {string} title
   * @param {Pictures} pictures
   */
  constructor(frame, title, pictures) {
    this.frame = frame;
    this.pictures = pictures;
    frame.dataset.mayMove = "";
    frame.tabIndex = 0;
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", `${title}. Plus and minus zoom, arrows move, 0 shows all of it.`);
    frame.addEventListener("wheel", (event) => this.#turn(event), { passive: false });
    frame.addEventListener("pointerdown", (event) => this.#down(event));
    frame.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) frame.addEventListener(end, (event) => this.#up(event));
    frame.addEventListener("dblclick", (event) => this.#zoom(2, event));
    frame.addEventListener("keydown", (event) => this.#press(event));
  }

  /** @param {number} factor @param {{ clientX: number, clientY: number }} at */
  #zoom(factor, { clientX, clientY }) {
    const { left, top, width, height } = this.frame.getBoundingClientRect();
    this.pictures.put(zoomed(this.pictures.place, factor, (clientX - left) / width, (clientY - top) / height));
  }

  /** @param {WheelEvent} event */
  #turn(event) {
    event.preventDefault();
    this.#zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), event);
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0) return;
    this.#fingers.set(event.pointerId, event);
    this.frame.setPointerCapture(event.pointerId);
    this.frame.classList.add("is-moving");
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const other = [...this.#fingers.values()].find((finger) => finger.pointerId !== event.pointerId);
    if (other) this.#zoom(distance(event, other) / Math.max(1, distance(before, other)), other);
    else {
      const { width, height } = this.frame.getBoundingClientRect();
      this.pictures.put(moved(this.pictures.place, (event.clientX - before.clientX) / width, (event.clientY - before.clientY) / height));
    }
    this.#fingers.set(event.pointerId, event);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    this.#fingers.delete(event.pointerId);
    this.frame.classList.toggle("is-moving", this.#fingers.size > 0);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { place } = this.pictures;
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") this.pictures.put(zoomed(place, STEP));
    else if (event.key === "-") this.pictures.put(zoomed(place, 1 / STEP));
    else if (event.key === "0") this.pictures.put(WHOLE);
    else if (arrow && place.zoom > 1) this.pictures.put(moved(place, arrow[0] * KEY_SHARE, arrow[1] * KEY_SHARE));
    else return;
    event.preventDefault();
  }
}

/** @param {PointerEvent} one @param {PointerEvent} other */
const distance = (one, other) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
