// @ts-check
/** A question of a quiz, with JavaScript: looking nearer, contrast, an answer that no lost connection loses, the clock. */

import { startClock } from "./clock.js";
import { Pictures } from "./pictures.js";
import { Sending } from "./sending.js";
import { makeTools } from "./tools.js";

const sheet = document.querySelector(".quiz__sheet");
const root = document.querySelector("[data-pictures]");
const form = document.querySelector("form[data-answer]");

// A page that the browser kept for the way back may show a question that has ended.
addEventListener("pageshow", (event) => event.persisted && location.replace("/quiz"));

if (sheet instanceof HTMLElement && root instanceof HTMLElement) {
  const pictures = new Pictures(root, { mayZoom: "mayZoom" in sheet.dataset, maySetContrast: "maySetContrast" in sheet.dataset });
  makeTools(root, pictures);
  if (form instanceof HTMLFormElement) {
    const sending = new Sending(form, () => pictures.view);
    startClock(() => sending.send(null));
  }
}
