// @ts-check
/** The buttons and sliders under the pictures. What is set of brightness and contrast stays for the next question. */

import { element } from "../dom.js";
import { WHOLE, zoomed } from "./place.js";
import { CUTS, PLAIN } from "./stretching.js";

/** @typedef {import("./pictures.js").Pictures} Pictures */
/** @typedef {import("./stretching.js").Look} Look */

const KEY = "trihedral.quiz.look";
const STEP = 1.5;
/** Of the slider, a power of two each way. */
const BRIGHTEST = 2;

/**
 * @param {HTMLElement} root
 * @param {Pictures} pictures
 */
export function makeTools(root, pictures) {
  const { mayZoom, maySetContrast } = pictures.options;
  if (!mayZoom && !maySetContrast) return;
  const tools = element("div", { class: "picture__tools", role: "group", "aria-label": "Picture" });
  if (mayZoom) tools.append(...zoomButtons(pictures));
  if (maySetContrast) tools.append(...lookSliders(pictures));
  const both = element("div", { class: "quiz__pictures" });
  root.before(both);
  both.append(root, tools);
}

/** @param {Pictures} pictures */
function zoomButtons(pictures) {
  /** @param {string} text @param {string} name @param {() => import("./place.js").Place} place */
  const button = (text, name, place) =>
    element("button", { class: "button button--small", type: "button", text, "aria-label": name, onclick: () => pictures.put(place()) });
  return [
    button("−", "Zoom out", () => zoomed(pictures.place, 1 / STEP)),
    button("+", "Zoom in", () => zoomed(pictures.place, STEP)),
    button("Fit", "Fit: show all of it", () => WHOLE),
  ];
}

/** @param {Pictures} pictures */
function lookSliders(pictures) {
  const brightness = slider(-BRIGHTEST, BRIGHTEST, 0.1);
  const cut = slider(0, CUTS.length - 1, 1);
  const set = (/** @type {Look} */ look) => {
    brightness.value = String(Math.log2(look.brightness));
    cut.value = String(Math.max(0, CUTS.indexOf(look.cut)));
    pictures.stretch(look);
    keep(look);
  };
  const read = () => set({ brightness: 2 ** Number(brightness.value), cut: CUTS[Number(cut.value)] ?? 0 });
  brightness.addEventListener("input", read);
  cut.addEventListener("input", read);
  set(kept());
  const reset = element("button", { class: "button button--small button--quiet", type: "button", text: "Reset", "aria-label": "Reset brightness and contrast", onclick: () => set(PLAIN) });
  return [labelled("Brightness", brightness), labelled("Contrast", cut), reset];
}

/** @param {number} min @param {number} max @param {number} step */
const slider = (min, max, step) => element("input", { type: "range", min, max, step, value: 0 });

/** @param {string} text @param {HTMLInputElement} input */
const labelled = (text, input) => element("label", {}, document.createTextNode(text), input);

/** @param {Look} look */
function keep(look) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(look));
  } catch {
    // A browser that keeps nothing begins each question as at first.
  }
}

/** @returns {Look} */
function kept() {
  try {
    const { brightness, cut } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    const isKnown = brightness >= 2 ** -BRIGHTEST && brightness <= 2 ** BRIGHTEST && CUTS.includes(cut);
    return isKnown ? { brightness, cut } : PLAIN;
  } catch {
    return PLAIN;
  }
}
