// @ts-check
/** Where a pressed key goes: to a question, a field, a button, the selection of words, or to the action of the table. */

import { keyOf } from "./keys.js";
import { isAsking } from "./messages.js";

/** @typedef {import("./judging.js").Judging} Judging */

/** @param {Judging} judging */
export function listenToKeys(judging) {
  document.addEventListener("keydown", (event) => onKey(judging, event));
}

const SCROLLS = /^(?:Arrow(?:Up|Down)|Page(?:Up|Down)|Home|End| )$/;

/** Where somebody writes, no letter is an action. @param {EventTarget | null} target @returns {target is HTMLElement} */
const isField = (target) => target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range], [type=button])"));

/**
 * @param {Judging} judging
 * @param {KeyboardEvent} event
 */
function onKey(judging, event) {
  if (event.defaultPrevented || isAsking()) return;
  const { target } = event;
  if (isField(target)) {
    if (target.matches(".focused textarea")) onFieldKey(judging, event);
    return;
  }
  const isControl = target instanceof Element && target.closest("button, a, [role=slider]");
  if (isControl && (event.key === "Enter" || event.key === " ")) return;
  if (target instanceof Element && target.closest(".guidelines") && SCROLLS.test(event.key)) return;
  if (judging.isOpen && judging.flagging.onKey(event)) return;
  const key = keyOf(event);
  if (!key) return;
  event.preventDefault();
  judging.press(key.id, key.name);
}

/**
 * @param {Judging} judging
 * @param {KeyboardEvent} event
 */
function onFieldKey(judging, event) {
  // While an input method composes, Enter takes its proposal and Escape drops it: neither is for the page.
  if (event.isComposing || event.keyCode === 229 || (event.key !== "Enter" && event.key !== "Escape")) return;
  event.preventDefault();
  if (event.key === "Enter") {
    if (!event.repeat) judging.revising.confirm();
  } else {
    judging.revising.leaveField();
    judging.changed();
  }
}
