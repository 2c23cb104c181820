// @ts-check
/** The review page comes to life. */

import { Desk } from "./desk.js";

const main = document.querySelector("[data-reviewer]");
if (!(main instanceof HTMLElement)) throw new Error("this is not the review page");

const desk = new Desk(main.dataset.dataset || null, Number(main.dataset.maxHeld));

// A mouse click must not leave the keyboard's place on a button: the next Enter would press it again.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button && event.detail > 0) button.blur();
  },
  true,
);
for (const button of document.querySelectorAll(".tool[data-key], .review-header [data-key], .side__head [data-key], .side__foot [data-key], .statusline [data-key]")) {
  if (button instanceof HTMLElement) button.addEventListener("click", () => desk.judging.press(button.dataset.key ?? ""));
}

await desk.start();
