// @ts-check
/** The page of one scene: its images, with the keys of the review page; decisions are the page's own forms. */

import { Display } from "../review/display.js";
import { keyOf, nameOf } from "../review/keys.js";

const display = new Display({ onBox: () => {} });
const view = document.querySelector('script[data-slot="view"]')?.textContent ?? "{}";
display.show(/** @type {import("../review/contract").PacketView} */ (JSON.parse(view)));

/** Where a letter is text. @param {EventTarget | null} target */
const isTyping = (target) => target instanceof HTMLElement && target.closest("input, select, textarea") !== null;

document.addEventListener("keydown", (event) => {
  const key = keyOf(event);
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const pressed = document.querySelector(`[data-cap="${CSS.escape(nameOf(event))}"]`);
  if (pressed instanceof HTMLElement && !event.repeat) pressed.click();
  // Space presses the button that has the keyboard's place.
  else if (!key || (key.name === "Space" && event.target instanceof HTMLButtonElement) || !display.press(key.id)) return;
  event.preventDefault();
});

for (const button of document.querySelectorAll(".tool[data-key]")) {
  if (button instanceof HTMLElement) button.addEventListener("click", () => display.press(button.dataset.key ?? ""));
}
