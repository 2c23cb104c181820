// @ts-check
/** The keys of adjudication; those of the image are the review page's. */

import { keyOf as reviewKeyOf, isForeign, KEYS as REVIEW_KEYS, nameOf } from "../review/keys.js";
import { Keymap } from "../review/keymap.js";
import { FLAGS } from "../review/vocabulary.js";

/** @typedef {import("../review/keymap.js").Key} Key */

const LETTERS = "ABCDEFGHI";

/** Letters only where they are free: all others of the sides have their digit. @param {number} at */
const keysOfSide = (at) => (at < 2 ? [String(at + 1), LETTERS[at] ?? ""] : [String(at + 1)]);

/** @type {Key[]} */
export const KEYS = [
  ...[...LETTERS].map((letter, at) => ({ id: `side_${letter}`, keys: keysOfSide(at), title: `Take side ${letter}`, group: "Decision" })),
  { id: "write", keys: ["E"], title: "Write your own, from the side that was taken", group: "Decision" },
  { id: "as_drafted", keys: ["W"], title: "Take the text as it was drafted", group: "Decision" },
  { id: "reject", keys: ["X"], title: "Reject the text", group: "Decision" },
  { id: "support", keys: ["T"], title: "Identity known from the optical image", group: "Decision" },
  { id: "undo", keys: ["Z"], title: "Undo, until it is saved", group: "Decision" },
  { id: "save", keys: ["Enter"], title: "Save the decision and go on", group: "Decision" },
  { id: "note", keys: ["M"], title: "Note why, for whoever reads the history", group: "Words" },
  { id: "comment", keys: ["C"], title: "Comment back to the reviewers", group: "Words" },
  { id: "next", keys: ["J", "ArrowDown"], title: "Next text", group: "Packet", repeats: true },
  { id: "previous", keys: ["K", "ArrowUp"], title: "Text before", group: "Packet", repeats: true },
  { id: "usable", keys: ["U"], title: "The scene is usable: decide on its texts", group: "Packet" },
  { id: "unusable", keys: ["N"], title: "The scene is unusable, and why", group: "Packet" },
  { id: "skip", keys: ["H"], title: "Leave the packet for later", group: "Packet" },
  { id: "sheet", keys: ["?"], title: "These keys", group: "Packet" },
  { id: "boxes", keys: ["Shift+B"], title: "Boxes on or off", group: "Image" },
];

const own = new Keymap(KEYS);
const image = new Set(REVIEW_KEYS.filter((key) => key.group === "Image" && !["boxes", "count", "tally", "unmark", "nudge"].includes(key.id)).map((key) => key.id));

/** What the keys of the image do here, for the sheet. */
export const IMAGE_KEYS = REVIEW_KEYS.filter((key) => image.has(key.id));

/**
 * @param {KeyboardEvent} event
 * @returns {string | null} the action
 */
export function actionOf(event) {
  const digit = /^Digit([1-8])$/.exec(event.code)?.[1];
  if (event.altKey && !event.ctrlKey && !event.metaKey && digit) return event.repeat ? null : `flag_${FLAGS[Number(digit) - 1]?.flag}`;
  if (isForeign(event)) return null;
  const key = own.actionOf(nameOf(event));
  if (key) return key.repeats || !event.repeat ? key.id : null;
  const found = reviewKeyOf(event);
  return found && image.has(found.id) ? found.id : null;
}
