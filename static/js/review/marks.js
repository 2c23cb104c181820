// @ts-check
/** A text with its findings, flags and selection marked; overlapping spans are cut where one begins or ends. */

import { element } from "../dom.js";
import { toUnits } from "../spans.js";
import { gravestFirst, isQuiet } from "./severity.js";
import { FAMILY_MARKS } from "./vocabulary.js";

/**
 * @typedef {object} Mark
 * @property {number} start UTF-16 units
 * @property {number} end
 * @property {"finding" | "flagged" | "selected"} kind
 * @property {string} [family]
 * @property {string} [severity]
 * @property {string} [title]
 */

/** @typedef {{ text: string, marks: Mark[], ends: Mark[] }} Segment `ends`: the marks that end with it */

/**
 * @param {string} text
 * @param {Mark[]} marks
 * @returns {Segment[]}
 */
export function segmentsOf(text, marks) {
  const inside = marks.map((mark) => ({ ...mark, start: Math.max(0, mark.start), end: Math.min(text.length, mark.end) })).filter((mark) => mark.start < mark.end);
  const cuts = [...new Set([0, text.length, ...inside.flatMap((mark) => [mark.start, mark.end])])].sort((one, other) => one - other);
  return cuts.slice(1).map((end, at) => {
    const start = cuts[at] ?? 0;
    const covering = inside.filter((mark) => mark.start <= start && mark.end >= end);
    return { text: text.slice(start, end), marks: covering, ends: covering.filter((mark) => mark.end === end) };
  });
}

/**
 * @param {string} text
 * @param {import("./contract").Finding[]} findings of this text
 * @returns {Mark[]} the gravest first, which is the one that is seen where they overlap
 */
export function findingMarks(text, findings) {
  return gravestFirst(findings).map(({ start, end, family, severity, message }) => ({ start: toUnits(text, start), end: toUnits(text, end), kind: "finding", family, severity, title: message }));
}

/** @param {Segment} segment */
function drawSegment({ text, marks, ends }) {
  if (!marks.length) return document.createTextNode(text);
  const found = marks.find((mark) => mark.kind === "finding");
  const classes = marks.flatMap((mark) => (mark.kind === "flagged" ? ["is-flagged"] : mark.kind === "selected" ? ["is-selected"] : []));
  const family = found?.family ?? null;
  const isEnd = found && ends.includes(found) && !isQuiet({ severity: found.severity ?? "" });
  return element("mark", {
    class: classes.join(" ") || null,
    "data-family": family,
    "data-severity": found?.severity ?? null,
    "data-mark": isEnd ? (FAMILY_MARKS[found.family ?? ""] ?? "!") : family && "",
    title: marks.map((mark) => mark.title).filter(Boolean).join("; ") || null,
    text,
  });
}

/**
 * @param {string} text
 * @param {Mark[]} marks
 */
export function markedText(text, marks) {
  const whole = element("bdi");
  whole.append(...segmentsOf(text, marks).map(drawSegment));
  return whole;
}
