// @ts-check
/** The one table of keys: the handlers, the key sheet and the small caps beside the buttons all come from it. */

import { Keymap } from "./keymap.js";
import { FLAGS } from "./vocabulary.js";

/** @typedef {import("./keymap.js").Key} Key */

/** @type {Key[]} */
export const KEYS = [
  { id: "accept", keys: ["A"], title: "Accept; of a box: right", group: "Verdict" },
  { id: "revise", keys: ["E"], title: "Revise: write the text anew", group: "Verdict" },
  { id: "reject", keys: ["X"], title: "Reject; of a box: spurious", group: "Verdict" },
  { id: "unsure", keys: ["U"], title: "Unsure", group: "Verdict" },
  { id: "accept_all", keys: ["Shift+A"], title: "Accept all open texts that you have seen and that have no error", group: "Verdict" },
  { id: "support", keys: ["T"], title: "Identity known from the optical image", group: "Verdict" },
  ...FLAGS.map(({ flag, title }, at) => ({ id: `flag_${flag}`, keys: [String(at + 1)], title: `Flag ${title}, or the selected words`, group: "Flag" })),
  { id: "fix", keys: ["F"], title: "Propose the next fix; Enter confirms it", group: "Words" },
  { id: "span", keys: ["S"], title: "Select words: ← → go, Shift widens, a digit flags, Esc ends", group: "Words" },
  { id: "undo", keys: ["Z"], title: "Undo, until the packet is submitted", group: "Words" },
  { id: "next", keys: ["J", "ArrowDown"], title: "Next text", group: "Packet", repeats: true },
  { id: "previous", keys: ["K", "ArrowUp"], title: "Text before", group: "Packet", repeats: true },
  { id: "submit", keys: ["Enter"], title: "Confirm a revision; submit when all are judged, else go to the first that is not", group: "Packet" },
  { id: "box_set", keys: ["Shift+S"], title: "Show or fold the texts that follow from boxes", group: "Packet" },
  { id: "judge_boxes", keys: ["Shift+B"], title: "Judge the boxes again", group: "Packet" },
  { id: "unusable", keys: ["N"], title: "Scene unusable, and why", group: "Packet" },
  { id: "note", keys: ["W"], title: "Write a note to the lead", group: "Packet" },
  { id: "guidelines", keys: ["G"], title: "Guidelines, and what each flag means", group: "Packet" },
  { id: "hand_back", keys: ["H"], title: "Hand the packet back", group: "Packet" },
  { id: "sheet", keys: ["?"], title: "These keys", group: "Packet" },
  { id: "view", keys: ["V"], title: "Pair, swipe, blink, SAR only", group: "Image" },
  { id: "blink", keys: ["Space"], title: "Other image, in blink", group: "Image" },
  { id: "processed", keys: ["R"], title: "Raw or processed", group: "Image" },
  { id: "invert", keys: ["I"], title: "Invert the greys", group: "Image" },
  { id: "smooth", keys: ["P"], title: "Smooth or single pixels", group: "Image" },
  { id: "darker", keys: ["["], title: "Darker", group: "Image", repeats: true },
  { id: "brighter", keys: ["]"], title: "Brighter", group: "Image", repeats: true },
  { id: "limits", keys: ["L"], title: "Limits and gamma as at first", group: "Image" },
  { id: "share", keys: [","], title: "Limits at the next percentiles", group: "Image" },
  { id: "palette", keys: ["Y"], title: "Next palette", group: "Image" },
  { id: "polarisation", keys: ["O"], title: "Other polarisation", group: "Image" },
  { id: "boxes", keys: ["B"], title: "Boxes on or off", group: "Image" },
  { id: "fit", keys: ["0"], title: "Fit the whole image, or fill the panel", group: "Image" },
  { id: "nearer", keys: ["+"], title: "Nearer", group: "Image", repeats: true },
  { id: "farther", keys: ["-"], title: "Farther", group: "Image", repeats: true },
  { id: "keep_zoom", keys: [";"], title: "Keep the zoom for the next scene, or fit it", group: "Image" },
  { id: "count", keys: ["C"], title: "Count by clicks, on or off; of a box: wrong class", group: "Image" },
  { id: "tally", keys: ["Shift+C"], title: "Write the tally into the answer", group: "Image" },
  { id: "unmark", keys: ["Backspace"], title: "Take off the last mark, or a box that you drew", group: "Image" },
  { id: "distance", keys: ["D"], title: "Measure a distance by two clicks", group: "Image" },
  { id: "nudge", keys: ["M"], title: "Move the optical image by arrow keys; among boxes: draw a missing one", group: "Image" },
  { id: "display", keys: ["."], title: "All settings of the display", group: "Image" },
];

/** As it is for this reviewer. */
export const keymap = new Keymap(KEYS);

const NAMED = new Set(["ArrowDown", "ArrowUp", "Enter", "Home", "End", "PageDown", "PageUp", "Delete", "Backspace"]);
/** What a key says whose letter is not there yet: an input method has it, or it waits for the letter that it goes over. */
const UNTOLD = new Set(["Process", "Unidentified", "Dead"]);

/** @param {KeyboardEvent} event @param {string} letter */
const withShift = (event, letter) => (event.shiftKey ? `Shift+${letter}` : letter);

/** Where brackets need AltGr, the two keys to the right of P. @param {KeyboardEvent} event */
const bracketOf = ({ code }) => (code === "BracketLeft" ? "[" : code === "BracketRight" ? "]" : "");

/**
 * The key by its place alone: of letters, digits and brackets.
 * @param {KeyboardEvent} event
 */
function placeOf(event) {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  return letter ? withShift(event, letter) : bracketOf(event);
}

/**
 * The key as the table writes it. Letters as typed, so that they follow the layout; where the layout has no Latin
 * letters, or an input method holds them back, by their place on the keyboard. Digits always by place: French rows need
 * Shift for them.
 * @param {KeyboardEvent} event
 * @returns {string} empty where it has none
 */
export function nameOf(event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit?.[1] && !isThirdLevel(event) && !(event.shiftKey && event.code.startsWith("Digit"))) return digit[1];
  if (event.isComposing || event.keyCode === 229 || UNTOLD.has(event.key)) return placeOf(event);
  if (NAMED.has(event.key)) return event.key;
  if (event.key === " ") return "Space";
  if (/^[a-z]$/i.test(event.key)) return withShift(event, event.key.toUpperCase());
  if (event.key.length === 1 && event.key.charCodeAt(0) > 127) return placeOf(event) || event.key;
  return event.key === "=" ? "+" : event.key;
}

/** With AltGr, which Windows tells as Ctrl and Alt. @param {KeyboardEvent} event */
const isThirdLevel = (event) => event.getModifierState?.("AltGraph") ?? false;

/** Whether the browser or the system has a use for it. @param {KeyboardEvent} event */
export const isForeign = (event) => event.metaKey || (!isThirdLevel(event) && (event.ctrlKey || event.altKey));

/**
 * @param {KeyboardEvent} event
 * @returns {{ id: string, name: string } | null}
 */
export function keyOf(event) {
  if (isForeign(event)) return null;
  const name = nameOf(event);
  const key = keymap.actionOf(name);
  return key && (key.repeats || !event.repeat) ? { id: key.id, name } : null;
}

/** @type {Record<string, string>} */
const SIGNS = { ArrowDown: "↓", ArrowUp: "↑", Enter: "⏎", PageDown: "PgDn", PageUp: "PgUp", Delete: "Del", Backspace: "⌫" };

/** A key as it stands on a cap. @param {string} name */
export const signOf = (name) => SIGNS[name] ?? name.replace("Shift+", "⇧");

/** What stands on the small cap beside a button; empty where nothing does it. @param {string} id */
export function capOf(id) {
  const [name] = keymap.keysOf(id);
  return name === undefined ? "" : signOf(name);
}
