// @ts-check
/** Which class a box has: one of those at hand by its digit, or a new one that is typed. */

import { bdi, element, kbd, slot } from "../dom.js";
import { dialog } from "./messages.js";
import { storable } from "./work.js";

/** As long as the server takes. */
const LONGEST = 60;
const DIGITS = 9;

/** @param {HTMLDialogElement} asked @param {string} value */
function choose(asked, value) {
  const category = storable(value).trim();
  if (category) asked.close(category);
}

/** @param {HTMLDialogElement} asked @param {string[]} categories @param {KeyboardEvent} event @param {HTMLInputElement} field */
function onKey(asked, categories, event, field) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  const chosen = digit ? categories[Number(digit) - 1] : undefined;
  if (digit && !field.value) {
    // Nor is a digit beyond the choices the name of a class.
    event.preventDefault();
    if (chosen !== undefined) asked.close(chosen);
  } else if (event.key === "Enter" && event.target === field) {
    event.preventDefault();
    choose(asked, field.value);
  }
  // Whoever types a letter means a name; the letter itself goes into the field.
  else if (event.key.length === 1 && event.key !== " ") field.focus();
}

/**
 * @param {string} title
 * @param {string[]} categories
 * @returns {Promise<string>} the class; "" if none was chosen
 */
export function askClass(title, categories) {
  const asked = dialog("box-class");
  const field = element("input", { class: "input", type: "text", maxlength: LONGEST, autocomplete: "off", spellcheck: "false", "aria-label": "Another class", placeholder: "another class" });
  const buttons = categories.map((category, at) =>
    element("button", { class: "button", type: "button", onclick: () => asked.close(category) }, bdi(category), at < DIGITS ? kbd(String(at + 1)) : null),
  );
  slot("box-class-title").textContent = title;
  const take = element("button", { class: "button", type: "button", onclick: () => choose(asked, field.value) }, "Take it ", kbd("⏎"));
  slot("box-class-choices").replaceChildren(element("div", { class: "box-classes" }, ...buttons), element("div", { class: "box-new" }, field, take));
  asked.returnValue = "";
  asked.onkeydown = (event) => onKey(asked, categories, event, field);
  asked.showModal();
  return new Promise((resolve) => asked.addEventListener("close", () => resolve(asked.returnValue), { once: true }));
}
