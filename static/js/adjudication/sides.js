// @ts-check
/** One side of a disagreement: its verdict and wording, flags with their words, what it counted, and its notes. */

import { bdi, element, kbd } from "../dom.js";
import { GLYPHS, FLAGS } from "../review/vocabulary.js";
import { differences } from "../review/words.js";
import { toUnits } from "../spans.js";
import { wordingOf } from "./case.js";

/** @typedef {import("./contract").DifferingDraft} DifferingDraft */
/** @typedef {import("./contract").Side} Side */

/** @type {Record<string, string>} */
const SAYS = { accept: "accepts it", revise: "revises it", reject: "rejects it", unsure: "is unsure" };

/** @param {string} flag */
export const flagText = (flag) => {
  const known = FLAGS.find((one) => one.flag === flag);
  return known ? `${known.mark} ${known.title}` : flag;
};

/** @param {string} letter */
export const letterMark = (letter) => element("span", { class: "letter-mark", "data-letter": letter, text: letter });

/** @param {string} before @param {string} after */
export function drawDifference(before, after) {
  const whole = element("bdi");
  for (const { kind, text } of differences(before, after)) {
    const words = text.trimEnd();
    // A space that went along is not struck out: the line would touch the next word.
    if (kind === "same") whole.append(text);
    else whole.append(element(kind === "gone" ? "del" : "ins", { text: words }), text.slice(words.length));
  }
  return whole;
}

/**
 * @param {{ text: string, answer: string | null }} before
 * @param {{ text: string, answer: string | null }} after
 * @param {string | null} [title]
 */
export function drawWordings(before, after, title = null) {
  const shown = element("div", { class: "diff" });
  const said = title ? element("span", { class: "diff__title", text: `${title} ` }) : null;
  if (before.text !== after.text || before.answer === after.answer) shown.append(element("p", { dir: "auto" }, said, drawDifference(before.text, after.text)));
  if (before.answer !== null && before.answer !== after.answer) shown.append(element("p", { dir: "auto" }, shown.childElementCount ? "" : (said ?? ""), "Answer ", drawDifference(before.answer, after.answer ?? "")));
  return shown;
}

/**
 * The words that a flag is about.
 * @param {DifferingDraft} draft
 * @param {Side} side
 * @param {string} flag
 */
function wordsOf(draft, side, flag) {
  return side.spans
    .filter((span) => span.flag === flag)
    .map(({ field, start, end }) => {
      const text = field === "answer" ? (draft.answer ?? "") : draft.text;
      return text.slice(toUnits(text, start), toUnits(text, end));
    });
}

/** @param {DifferingDraft} draft @param {Side} side */
function drawFlags(draft, side) {
  if (!side.flags.length) return null;
  const chips = side.flags.map((flag) => {
    const words = wordsOf(draft, side, flag);
    const quoted = words.flatMap((text) => [" “", bdi(text), "”"]);
    return element("li", { class: "side-flag", "data-flag": flag }, flagText(flag), ...quoted);
  });
  return element("ul", { class: "side-flags", "aria-label": "Flags" }, ...chips);
}

/** @param {Side} side */
function drawTallies({ letter, tallies }) {
  if (!tallies.length) return null;
  const counts = tallies.map((marks) => String(marks.length)).join(" and ");
  return element("p", { class: "side-tally" }, element("i", { class: "tally-mark", "data-letter": letter, "aria-hidden": "true" }), `counted ${counts} in the image`);
}

/**
 * @param {DifferingDraft} draft
 * @param {Side} side
 * @param {Side | null} against an earlier side that revised too
 */
function drawWording(draft, side, against) {
  const wording = side.verdict === "revise" ? wordingOf(draft, side) : null;
  if (!wording) return null;
  const before = against && wordingOf(draft, against);
  return element("div", {}, drawWordings(draft, wording), before && against ? drawWordings(before, wording, `Against ${against.letter}:`) : null);
}

/**
 * @param {DifferingDraft} draft
 * @param {Side} side
 * @param {{ at: number, isTaken: boolean, mayDecide: boolean, onTake: (letter: string) => void }} how
 */
export function drawSide(draft, side, { at, isTaken, mayDecide, onTake }) {
  const { letter, reviews } = side;
  const against = draft.sides.slice(0, at).find((one) => one.verdict === "revise") ?? null;
  const said = [letterMark(letter), element("span", { class: "glyph", "data-verdict": side.verdict, "aria-hidden": "true", text: GLYPHS[side.verdict] ?? "" }), element("span", { class: "side-box__says" }, SAYS[side.verdict] ?? side.verdict, reviews > 1 ? element("span", { class: "dim", text: ` (${reviews} reviews)` }) : null, side.support === "sar_with_optical" ? element("span", { class: "dim", text: " · known from optical" }) : null)];
  const head =
    mayDecide && side.may_be_taken
      ? element("button", { class: "side-box__head", type: "button", "data-do": `side_${letter}`, "data-focus": `side-${letter}`, "aria-pressed": String(isTaken), onclick: () => onTake(letter) }, ...said, element("span", { class: "side-box__take" }, "Take ", element("span", { class: "visually-hidden", text: `${letter} ` }), kbd(String(at + 1))))
      : element("div", { class: "side-box__head" }, ...said);
  const notes = side.notes.map((note) => element("p", { class: "side-note", dir: "auto" }, element("span", { class: "dim", text: "Note: " }), bdi(note)));
  return element("article", { class: `side-box${isTaken ? " is-taken" : ""}`, "data-letter": letter, "aria-label": `Side ${letter}` }, head, drawWording(draft, side, against), drawFlags(draft, side), drawTallies(side), ...notes);
}
