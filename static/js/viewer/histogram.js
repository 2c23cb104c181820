// @ts-check
/** The histogram of the scene's values with two handles, the limits of the display: by pointer and by arrow keys. */

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [150, 26];

/** @typedef {import("../review/contract").Histogram} Counts */

const BINS_A_STEP = 4;

/**
 * The outline, by the square root of the counts, so that a sea does not flatten the ships; in steps of a few bins, since
 * values that were stretched once have gaps between them.
 * @param {Counts} histogram
 */
function outlineOf({ counts }) {
  const sums = Array.from({ length: Math.ceil(counts.length / BINS_A_STEP) }, (_, at) =>
    counts.slice(at * BINS_A_STEP, (at + 1) * BINS_A_STEP).reduce((sum, count) => sum + count, 0),
  );
  const most = Math.sqrt(Math.max(1, ...sums));
  const step = WIDTH / Math.max(1, sums.length - 1);
  const tops = sums.map((count, at) => `${(at * step).toFixed(1)} ${(HEIGHT - (Math.sqrt(count) / most) * (HEIGHT - 2)).toFixed(1)}`);
  return `M0 ${HEIGHT}L${tops.join("L")}L${WIDTH} ${HEIGHT}Z`;
}

export class HistogramControl {
  /** @type {[number, number]} */
  #limits = [0, 1];
  /** @type {Counts} */
  #histogram = { low: 0, high: 1, counts: [] };

  /**
   * @param {HTMLElement} root
   * @param {(limits: [number, number]) => void} onChange
   */
  constructor(root, onChange) {
    this.root = root;
    this.onChange = onChange;
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.svg.setAttribute("aria-hidden", "true");
    this.path = document.createElementNS(SVG, "path");
    this.svg.append(this.path);
    this.handles = [this.#makeHandle(0, "Lower limit"), this.#makeHandle(1, "Upper limit")];
    this.ramp = document.createElement("i");
    this.ramp.className = "ramp hist__ramp";
    root.replaceChildren(this.svg, this.ramp, ...this.handles);
  }

  /**
   * @param {0 | 1} end
   * @param {string} name
   */
  #makeHandle(end, name) {
    const handle = document.createElement("div");
    handle.className = "hist__handle";
    handle.tabIndex = 0;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-label", name);
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      handle.focus();
      event.preventDefault();
    });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) this.#move(end, this.#valueAt(event.clientX));
    });
    handle.addEventListener("keydown", (event) => this.#onKey(end, event));
    return handle;
  }

  /**
   * @param {0 | 1} end
   * @param {KeyboardEvent} event
   */
  #onKey(end, event) {
    const { low, high } = this.#histogram;
    // Where all that is seen lies in a few bins, a step of the whole range would be all of it.
    const between = this.#limits[1] - this.#limits[0];
    const step = Math.min((high - low) / 256, between / 20) * (event.shiftKey ? 10 : 1);
    /** @type {Record<string, number>} */
    const moves = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, Home: low - high, End: high - low };
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.#move(end, this.#limits[end] + move);
  }

  /** @param {number} clientX */
  #valueAt(clientX) {
    const { left, width } = this.root.getBoundingClientRect();
    const { low, high } = this.#histogram;
    return low + ((clientX - left) / Math.max(1, width)) * (high - low);
  }

  /**
   * @param {0 | 1} end
   * @param {number} value
   */
  #move(end, value) {
    const { low, high } = this.#histogram;
    const least = Math.min((high - low) / 256, Math.abs(this.#limits[1] - this.#limits[0]));
    const other = this.#limits[end === 0 ? 1 : 0];
    const kept = end === 0 ? Math.min(Math.max(value, low), other - least) : Math.max(Math.min(value, high), other + least);
    /** @type {[number, number]} */
    const limits = end === 0 ? [kept, other] : [other, kept];
    this.set(limits);
    this.onChange(limits);
  }

  /**
   * @param {Counts} histogram
   * @param {[number, number]} limits
   */
  show(histogram, limits) {
    this.#histogram = histogram;
    this.path.setAttribute("d", outlineOf(histogram));
    this.set(limits);
  }

  /** What the values between the limits look like. @param {string} background */
  colour(background) {
    this.ramp.style.background = background;
  }

  /** Where a value lies between the ends of the histogram, 0 to 1. @param {number} value */
  #shareOf(value) {
    const { low, high } = this.#histogram;
    return Math.min(1, Math.max(0, (value - low) / Math.max(1e-9, high - low)));
  }

  /** @param {[number, number]} limits in shown units */
  set(limits) {
    this.#limits = limits;
    const { low, high } = this.#histogram;
    this.ramp.style.left = `${this.#shareOf(limits[0]) * 100}%`;
    this.ramp.style.right = `${(1 - this.#shareOf(limits[1])) * 100}%`;
    this.handles.forEach((handle, end) => {
      const value = limits[end] ?? 0;
      handle.style.left = `${this.#shareOf(value) * 100}%`;
      handle.setAttribute("aria-valuemin", String(low));
      handle.setAttribute("aria-valuemax", String(high));
      handle.setAttribute("aria-valuenow", value.toFixed(2));
    });
  }
}
