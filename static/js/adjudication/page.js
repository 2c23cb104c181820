// @ts-check
/** The page of a packet whose reviews differ comes to life. */

import { kbd } from "../dom.js";
import { Display } from "../review/display.js";
import { keymap } from "../review/keys.js";
import { isAsking } from "../review/messages.js";
import { Desk } from "./desk.js";
import { actionOf } from "./keys.js";

/** @type {import("./contract").AdjudicationView} */
const view = JSON.parse(document.querySelector('script[data-slot="view"]')?.textContent ?? "{}");
keymap.load(view.keys);
const display = new Display({ onBox: () => {} });
display.show(view);
const desk = new Desk(view, display);

/** @param {string} action */
const press = (action) => desk.press(action) || display.press(action);

/** @param {KeyboardEvent} event */
function onFieldKey(event) {
  const isLeft = event.key === "Escape" || (event.key === "Enter" && !event.shiftKey);
  if (event.isComposing || !isLeft) return;
  event.preventDefault();
  desk.leaveField();
}

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.defaultPrevented || isAsking()) return;
  if (target instanceof HTMLTextAreaElement) {
    onFieldKey(event);
    return;
  }
  if (target instanceof Element && target.closest("input, select")) return;
  const isControl = target instanceof Element && target.closest("button, a, [role=slider]");
  if (isControl && (event.key === "Enter" || event.key === " ")) return;
  const action = actionOf(event);
  if (!action || !press(action)) return;
  event.preventDefault();
});

// A mouse click must not leave the keyboard's place on a button: the next Enter would press it again.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button && event.detail > 0) button.blur();
  },
  true,
);
for (const button of document.querySelectorAll(".tool[data-key]")) {
  if (button instanceof HTMLElement) button.addEventListener("click", () => display.press(button.dataset.key ?? ""));
}
for (const button of document.querySelectorAll("header [data-do], .side__head [data-do], .side__foot [data-do]")) {
  if (!(button instanceof HTMLElement)) continue;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    press(button.dataset.do ?? "");
  });
}
// B takes a side here.
document.querySelector('.tool[data-key="boxes"] kbd')?.replaceWith(kbd("⇧B"));
const counting = document.querySelector('.tool[data-key="count"]');
if (counting instanceof HTMLElement) counting.hidden = true;
