// @ts-check
/** The one table of keys: the handlers, the key sheet and the small caps beside the buttons all come from it. */

/** @typedef {{ id: string, keys: string[], title: string, group: "Verdict" | "Words" | "Packet" | "Image", repeats?: boolean }} Key */

/** @type {Key[]} */
export const KEYS = [
  { id: "accept", keys: ["A"], title: "Accept", group: "Verdict" },
  { id: "revise", keys: ["E"], title: "Revise: write the text anew", group: "Verdict" },
  { id: "reject", keys: ["X"], title: "Reject", group: "Verdict" },
  { id: "unsure", keys: ["U"], title: "Unsure", group: "Verdict" },
  { id: "flag", keys: ["1", "2", "3", "4", "5", "6", "7", "8"], title: "Flag why, or flag the selected words", group: "Verdict" },
  { id: "support", keys: ["T"], title: "Identity known from the optical image", group: "Verdict" },
  { id: "fix", keys: ["F"], title: "Propose the next fix; Enter confirms it", group: "Words" },
  { id: "span", keys: ["S"], title: "Select words: ← → go, Shift widens, a digit flags, Esc ends", group: "Words" },
  { id: "undo", keys: ["Z"], title: "Undo", group: "Words" },
  { id: "next", keys: ["J", "ArrowDown"], title: "Next text", group: "Packet", repeats: true },
  { id: "previous", keys: ["K", "ArrowUp"], title: "Text before", group: "Packet", repeats: true },
  { id: "submit", keys: ["Enter"], title: "Confirm a revision; submit when all are judged, else go to the first that is not", group: "Packet" },
  { id: "unusable", keys: ["N"], title: "Scene unusable, and why", group: "Packet" },
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
  { id: "boxes", keys: ["B"], title: "Boxes on or off", group: "Image" },
  { id: "fit", keys: ["0"], title: "Fit the whole image, or fill the panel", group: "Image" },
  { id: "nearer", keys: ["+"], title: "Nearer", group: "Image", repeats: true },
  { id: "farther", keys: ["-"], title: "Farther", group: "Image", repeats: true },
];

const ARROWS_AND_NAMES = new Set(["ArrowDown", "ArrowUp", "Enter"]);

/**
 * The key as the table writes it. Letters as typed, so that they follow the layout; where the layout has no Latin
 * letters, by their place on the keyboard. Digits always by place: French rows need Shift for them.
 * @param {KeyboardEvent} event
 * @returns {string}
 */
export function nameOf(event) {
  if (ARROWS_AND_NAMES.has(event.key)) return event.key;
  if (event.key === " ") return "Space";
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit?.[1] && !(event.shiftKey && event.code.startsWith("Digit"))) return digit[1];
  if (/^[a-z]$/i.test(event.key)) return event.key.toUpperCase();
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter?.[1] && event.key.length === 1 && event.key.charCodeAt(0) > 127) return letter[1];
  // Where brackets need AltGr, the two keys to the right of P.
  if (event.key.charCodeAt(0) > 127 && event.code.startsWith("Bracket")) return event.code === "BracketLeft" ? "[" : "]";
  return event.key === "=" ? "+" : event.key;
}

/**
 * @param {KeyboardEvent} event
 * @returns {{ id: string, name: string } | null}
 */
export function keyOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const name = nameOf(event);
  const key = KEYS.find(({ keys }) => keys.includes(name));
  return key && (key.repeats || !event.repeat) ? { id: key.id, name } : null;
}

/** What stands on the small cap beside a button. @param {string} id */
export function capOf(id) {
  const shown = KEYS.find((key) => key.id === id)?.keys[0] ?? "";
  return shown === "Enter" ? "⏎" : shown;
}
