// @ts-check
/** The open draft, large: its text with what was found in it, its verdict, flags and new wording. */

import { bdi, element, kbd } from "../dom.js";
import { toUnits } from "../spans.js";
import { capOf } from "./keys.js";
import { findingMarks, markedText } from "./marks.js";
import { FAMILY_MARKS, FLAGS, familyTitle, GLYPHS } from "./vocabulary.js";
import { differences } from "./words.js";
import { mainField } from "./work.js";

/** @typedef {import("./contract").Draft} Draft */
/** @typedef {import("./contract").Finding} Finding */
/** @typedef {import("./contract").Field} Field */
/** @typedef {import("./work.js").Work} Work */

/**
 * What the open draft is drawn from.
 * @typedef {object} Scope
 * @property {Work} work
 * @property {import("./selection.js").WordSelection} selection
 * @property {import("./screening.js").Screening} screening
 * @property {boolean} isEditing
 * @property {Draft | null} unexplained the draft before, of which the digits say why it was judged so
 * @property {string | null} complaint why the last key did nothing
 * @property {(id: string) => void} press the action of a key
 * @property {(flag: string) => void} flag
 * @property {(finding: Finding) => void} fix
 * @property {(wording: import("./work.js").Wording) => void} typed
 * @property {(numbers: number[]) => void} heat
 * @property {(draftId: number) => void} open
 */

/** The draft's texts by their field. @param {Draft} draft @returns {{ field: Field, text: string }[]} */
export function partsOf(draft) {
  /** @type {{ field: Field, text: string }[]} */
  const parts = [{ field: mainField(draft), text: draft.text }];
  return draft.answer === null ? parts : [...parts, { field: "answer", text: draft.answer }];
}

/**
 * @param {Scope} scope
 * @param {Draft} draft
 * @param {{ field: Field, text: string }} part
 */
function drawPart({ work, selection }, draft, { field, text }) {
  const range = selection.range;
  const flagged = work.opinion(draft).spans.filter((span) => span.field === field);
  return markedText(text, [
    ...findingMarks(text, draft.findings.filter((finding) => finding.field === field)),
    ...flagged.map((span) => ({ start: toUnits(text, span.start), end: toUnits(text, span.end), kind: /** @type {const} */ ("flagged"), title: `flagged: ${span.flag}` })),
    ...(range?.field === field ? [{ start: range.start, end: range.end, kind: /** @type {const} */ ("selected") }] : []),
  ]);
}

/**
 * @param {Scope} scope
 * @param {Draft} draft
 */
function drawTexts(scope, draft) {
  const [main, answer] = partsOf(draft);
  const texts = [element("p", { class: "focused__text", dir: "auto", "data-field": main?.field ?? "text" }, main ? drawPart(scope, draft, main) : null)];
  if (answer) {
    const shown = element("b", { "data-field": "answer" }, drawPart(scope, draft, answer));
    texts.push(element("p", { class: "focused__answer", dir: "auto" }, element("span", { text: "Answer " }), shown));
  }
  return texts;
}

/**
 * @param {Scope} scope
 * @param {Draft} draft
 */
function drawBoxes(scope, draft) {
  if (!draft.box_numbers.length) return null;
  const chips = draft.box_numbers
    .slice(0, 24)
    .map((number) => element("span", { class: "chip", text: String(number), onpointerenter: () => scope.heat([number]), onpointerleave: () => scope.heat([]) }));
  const more = draft.box_numbers.length - chips.length;
  return element("div", { class: "chips" }, draft.box_numbers.length > 1 ? "boxes" : "box", ...chips, more > 0 ? `and ${more} more` : null);
}

/** What a fix does, in a few words. @param {string} before @param {string} after */
export function fixText(before, after) {
  const changes = differences(before, after);
  const told = (/** @type {string} */ kind) => changes.filter((change) => change.kind === kind).map((change) => change.text.trim()).filter(Boolean).join(" … ");
  const [gone, fresh] = [told("gone"), told("new")];
  return fresh ? `write “${fresh}”` : `drop “${gone}”`;
}

/**
 * @param {Scope} scope
 * @param {Draft} draft
 * @param {Finding} finding
 * @param {boolean} isNext whether the fix key takes this one
 * @param {number} times in how many places the text has it
 */
function drawFinding(scope, draft, finding, isNext, times) {
  const wording = scope.work.wording(draft);
  const before = finding.field === "answer" ? (wording.answer ?? "") : wording.text;
  const button =
    finding.suggestion === null
      ? null
      : element("button", { class: "fix", type: "button", "data-focus": `fix-${finding.rule}-${finding.start}`, onclick: () => scope.fix(finding) }, element("span", { class: "clip" }, bdi(fixText(before, finding.suggestion))), isNext ? kbd(capOf("fix")) : null);
  return element(
    "li",
    { class: "finding", "data-family": finding.family, "data-severity": finding.severity },
    element("span", { text: FAMILY_MARKS[finding.family] ?? "!", "aria-hidden": "true" }),
    element("span", {}, element("b", { text: familyTitle(finding.family) }), " ", bdi(finding.message), times > 1 ? ` ×${times}` : ""),
    button,
  );
}

/**
 * Findings that say the same of several places are one line.
 * @param {Finding[]} findings
 */
export function folded(findings) {
  /** @type {Map<string, Finding[]>} */
  const alike = new Map();
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule, finding.field, finding.message]);
    alike.set(key, [...(alike.get(key) ?? []), finding]);
  }
  return [...alike.values()];
}

/** In place of findings that are hidden. @param {boolean} isJudged */
function drawHidden(isJudged) {
  const text = isJudged ? "Your verdict is kept. Findings come with the server’s answer." : "In this packet findings are shown after your verdict.";
  return element("ul", { class: "findings", "aria-label": "Findings" }, element("li", { class: "finding finding--hidden" }, element("span", { text: "◒", "aria-hidden": "true" }), element("span", { text })));
}

/**
 * Of the new wording if there is one, else of the draft.
 * @param {Scope} scope
 * @param {Draft} draft
 */
export function drawFindings(scope, draft) {
  if (draft.hides_findings) return drawHidden(scope.work.isJudged(draft));
  const { findings, isCurrent } = scope.screening.shown(draft, scope.work.wording(draft));
  const isReworded = scope.work.isReworded(draft);
  const list = element("ul", { class: "findings", "aria-label": isReworded ? "Findings in the new wording" : "Findings", "aria-busy": isCurrent ? null : "true" });
  // They come and go as it is typed: they scroll in a place of their own, and what is below stays where it is.
  if (scope.isEditing) list.tabIndex = 0;
  const next = isCurrent ? findings.find((finding) => finding.suggestion !== null) : undefined;
  for (const alike of folded(findings)) {
    const shown = next && alike.includes(next) ? next : alike[0];
    if (shown) list.append(drawFinding(scope, draft, isCurrent ? shown : { ...shown, suggestion: null }, shown === next, alike.length));
  }
  if (isCurrent && isReworded && !findings.length && draft.findings.length) list.append(element("li", { class: "finding", text: "✓ " }, "", "Nothing found in the new wording"));
  return list;
}

/** @param {string} before @param {string} after */
function drawDifference(before, after) {
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
 * What the new wording takes out and puts in.
 * @param {Scope} scope
 * @param {Draft} draft
 */
export function drawDifferences({ work }, draft) {
  const { text, answer } = work.wording(draft);
  const shown = element("div", { class: "diff" });
  if (!work.isReworded(draft)) return shown;
  shown.append(element("p", { dir: "auto" }, drawDifference(draft.text, text)));
  if (draft.answer !== null && answer !== draft.answer) shown.append(element("p", { dir: "auto" }, "Answer ", drawDifference(draft.answer, answer ?? "")));
  return shown;
}

/**
 * @param {Scope} scope
 * @param {Draft} draft
 */
function drawFields(scope, draft) {
  const { text, answer } = scope.work.wording(draft);
  /** @param {string} name @param {string} value */
  const area = (name, value) => {
    const made = element("textarea", { rows: name === "answer" ? 1 : 2, maxlength: 20_000, dir: "auto", spellcheck: "true", "data-focus": `edit-${name}`, "data-edit": name });
    made.value = value;
    return made;
  };
  const main = area("text", text);
  const second = answer === null ? null : area("answer", answer);
  for (const field of [main, second]) field?.addEventListener("input", () => scope.typed({ text: main.value, answer: second?.value ?? null }));
  const titles = draft.kind === "question" ? ["Question", "Answer"] : ["New wording", ""];
  return [element("label", {}, titles[0] ?? "", main), second && element("label", {}, titles[1] ?? "", second)];
}

/**
 * @param {Scope} scope
 * @param {Draft} draft
 */
function drawEdit(scope, draft) {
  const opinion = scope.work.opinion(draft);
  if (opinion.verdict !== "revise" && !scope.isEditing) return null;
  const hint = scope.isEditing
    ? element("p", { class: "hint" }, kbd("⏎"), " confirms, ", kbd("Esc"), " leaves the field")
    : opinion.pending
      ? element("p", { class: "hint hint--warning" }, "Proposed: ", kbd(capOf("submit")), " confirms, ", kbd(capOf("revise")), " writes on, ", kbd(capOf("undo")), " undoes")
      : null;
  return element("div", { class: "edit" }, ...(scope.isEditing ? drawFields(scope, draft) : []), drawDifferences(scope, draft), hint);
}

/**
 * @param {Scope} scope
 * @param {Draft} draft
 */
function drawVerdicts(scope, draft) {
  const opinion = scope.work.opinion(draft);
  const titles = { accept: "Accept", revise: "Revise", reject: "Reject", unsure: "Unsure" };
  const buttons = Object.entries(titles).map(([id, title]) =>
    element("button", { class: "button", type: "button", "data-key": id, "data-focus": id, "aria-pressed": String(opinion.verdict === id), onclick: () => scope.press(id) }, title, " ", kbd(capOf(id))),
  );
  return element("div", { class: "verdicts", role: "group", "aria-label": "Verdict" }, ...buttons);
}

/**
 * @param {Scope} scope
 * @param {Draft} draft
 */
function drawFlags(scope, draft) {
  const opinion = scope.work.opinion(draft);
  // The caps show what the keys do: here nothing, while they are for the draft before.
  const capped = (/** @type {string} */ flag) => (scope.unexplained ? null : kbd(capOf(`flag_${flag}`)));
  const chips = FLAGS.map(({ flag: name, title, mark }) =>
    element("button", { class: "flag", type: "button", "data-flag": name, "data-focus": name, "aria-pressed": String(opinion.flags.includes(name)), onclick: () => scope.flag(name) }, `${mark} ${title} `, capped(name)),
  );
  const support = scope.work.packet.scene.assets.optical
    ? element("button", { class: "flag", type: "button", "data-key": "support", "data-focus": "support", title: "True of the SAR image, but the identity is known from the optical one", "aria-pressed": String(opinion.support === "sar_with_optical"), onclick: () => scope.press("support") }, "known from optical ", kbd(capOf("support")))
    : null;
  return element("div", { class: "flags", role: "group", "aria-label": "Flags" }, ...chips, support);
}

/**
 * Whose the digits are while a verdict has no reason yet.
 * @param {Scope} scope
 * @param {Draft} draft
 */
function drawUnexplained({ work }, draft) {
  const { verdict, flags } = work.opinion(draft);
  const [first, last] = [FLAGS[0], FLAGS.at(-1)].map((known) => capOf(`flag_${known?.flag}`));
  const said = FLAGS.filter(({ flag }) => flags.includes(flag)).map(({ mark }) => mark);
  const why = said.length ? `: ${said.join(" ")}` : "";
  const text = element("span", { class: "clip" }, `${GLYPHS[verdict ?? ""]} `, bdi(draft.text));
  return element("p", { class: "hint unexplained" }, element("span", {}, kbd(`${first} … ${last}`), " say why", why), text, element("span", {}, kbd("Esc"), " for this text"));
}

/** @param {Scope} scope */
function drawHint(scope) {
  const { selection, complaint, unexplained } = scope;
  if (complaint) return element("p", { class: "hint hint--warning", text: complaint });
  if (unexplained) return drawUnexplained(scope, unexplained);
  if (!selection.range) return null;
  return element("p", { class: "hint" }, "“", bdi(selection.range.text), "”: a digit flags it, ", kbd("→"), " goes on, ", kbd("Shift →"), " widens, ", kbd("Esc"), " ends");
}

/** What wrote it; a prompt is named after the kind of text, which stands beside it. @param {Draft} draft */
const drafterText = ({ drafter, kind }) => drafter.replace(`prompt ${kind}.`, "prompt ");

/**
 * @param {Scope} scope
 * @param {Draft} draft
 */
export function drawFocused(scope, draft) {
  const { work } = scope;
  const place = `${work.drafts.indexOf(draft) + 1} / ${work.drafts.length}`;
  return element(
    "section",
    { class: "focused", "aria-label": `${draft.title}, ${place}`, "data-draft": draft.draft_id },
    element("div", { class: "focused__kind" }, element("span", { class: "clip" }, `${draft.title} · `, bdi(drafterText(draft))), element("span", { class: "mono", text: place })),
    ...drawTexts(scope, draft),
    drawBoxes(scope, draft),
    drawFindings(scope, draft),
    drawEdit(scope, draft),
    element("div", { class: "judge" }, drawVerdicts(scope, draft), drawFlags(scope, draft), drawHint(scope)),
  );
}
