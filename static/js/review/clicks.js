// @ts-check
/** What the mouse selected in the open draft's text. */

import { partsOf } from "./focused.js";

/**
 * UTF-16 units from the start of an element's text to a place inside it.
 * @param {Element} element
 * @param {Node} node
 * @param {number} offset
 */
function unitsBefore(element, node, offset) {
  const range = document.createRange();
  range.selectNodeContents(element);
  range.setEnd(node, offset);
  return range.toString().length;
}

/**
 * @param {HTMLElement} root
 * @param {import("./contract").Draft} draft the open one
 * @param {import("./selection.js").WordSelection} selection
 * @returns {boolean} whether words were selected
 */
export function takeSelection(root, draft, selection) {
  const found = getSelection();
  if (!found || found.isCollapsed || !found.rangeCount) return false;
  const range = found.getRangeAt(0);
  const fields = [...root.querySelectorAll(".focused [data-field]")];
  const element = fields.find((field) => field.contains(range.startContainer) && field.contains(range.endContainer))?.querySelector("bdi");
  const holder = element?.closest("[data-field]");
  if (!element || !(holder instanceof HTMLElement)) return false;
  const [start, end] = [unitsBefore(element, range.startContainer, range.startOffset), unitsBefore(element, range.endContainer, range.endOffset)];
  selection.take(partsOf(draft), /** @type {import("./contract").Field} */ (holder.dataset.field), start, end);
  found.removeAllRanges();
  return selection.isOn;
}
