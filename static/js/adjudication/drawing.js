// @ts-check
/** The packet's texts: the open one large with its sides and what is decided of it, the others quiet. */

import { bdi, element, kbd } from "../dom.js";
import { folded } from "../review/focused.js";
import { findingMarks, markedText } from "../review/marks.js";
import { FAMILY_MARKS, FLAGS, familyTitle, UNUSABLE_REASONS } from "../review/vocabulary.js";
import { toUnits } from "../spans.js";
import { drawSide, drawWordings, flagText, letterMark } from "./sides.js";

/** @typedef {import("./contract").DifferingDraft} DifferingDraft */
/** @typedef {import("./contract").Finding} Finding */
/** @typedef {import("./case.js").Case} Case */

/**
 * What is drawn, and what it does.
 * @typedef {object} Scope
 * @property {Case} work
 * @property {"text" | "note" | "comment" | null} field what is written in just now
 * @property {string | null} complaint
 * @property {(draft: DifferingDraft) => Finding[] | null} findings of the wording in the making
 * @property {(action: string) => void} press
 * @property {(changes: Partial<import("./contract").Making>) => void} typed
 * @property {(draftId: number) => void} open
 * @property {() => void} sendComment
 */

/** @type {Record<string, string>} */
export const REASONS = { verdicts_differ: "verdicts differ", texts_differ: "texts differ", unsure: "unsure", scene_differs: "the scene differs" };
/** @type {Record<import("./case.js").State, [string, string]>} */
const STATES = { open: ["○", "open"], sending: ["◌", "on its way"], verified: ["✓", "verified"], rejected: ["✕", "rejected"], elsewhere: ["–", "decided elsewhere"] };

/** @param {string | null} reason */
export const reasonTitle = (reason) => UNUSABLE_REASONS.find((one) => one.reason === reason)?.title.toLowerCase() ?? reason ?? "";

/** @param {Scope} scope @param {DifferingDraft} draft */
function drawRow({ work, open }, draft) {
  const state = work.stateOf(draft);
  const [glyph, title] = STATES[state];
  const isChosen = state === "open" && work.making(draft).choice !== null;
  return element(
    "button",
    { class: "draft-row", type: "button", "data-draft": draft.draft_id, "data-focus": `row-${draft.draft_id}`, onclick: () => open(draft.draft_id) },
    element("span", { class: "glyph", "data-verdict": { verified: "accept", rejected: "reject" }[String(state)] ?? null, "aria-hidden": "true", text: isChosen ? "◐" : glyph }),
    element("span", { class: "draft-row__kind clip" }, draft.title, element("span", { class: "visually-hidden", text: `, ${isChosen ? "chosen, not saved" : title}` })),
    element("span", { class: "draft-row__marks", text: state === "open" ? REASONS[draft.reason] : title }),
    element("span", { class: "draft-row__text", dir: "auto" }, bdi(draft.text), draft.answer === null ? null : element("b", {}, " ", bdi(draft.answer))),
  );
}

/** @param {DifferingDraft} draft @param {import("./contract").Field} field @param {string} text */
function drawPart(draft, field, text) {
  const flagged = draft.sides.flatMap(({ letter, spans }) => spans.filter((span) => span.field === field).map((span) => ({ start: toUnits(text, span.start), end: toUnits(text, span.end), kind: /** @type {const} */ ("flagged"), title: `${letter} flags: ${flagText(span.flag)}` })));
  return markedText(text, [...findingMarks(text, draft.findings.filter((finding) => finding.field === field)), ...flagged]);
}

/** @param {DifferingDraft} draft */
function drawTexts(draft) {
  const main = element("p", { class: "focused__text", dir: "auto" }, drawPart(draft, draft.kind === "question" ? "question" : "text", draft.text));
  if (draft.answer === null) return [main];
  return [main, element("p", { class: "focused__answer", dir: "auto" }, element("span", { text: "Answer " }), element("b", {}, drawPart(draft, "answer", draft.answer)))];
}

/** @param {Finding[]} findings @param {string} title */
function drawFindings(findings, title) {
  const lines = folded(findings).map((alike) => {
    const [found] = alike;
    if (!found) return null;
    const times = alike.length > 1 ? ` ×${alike.length}` : "";
    return element("li", { class: "finding", "data-family": found.family, "data-severity": found.severity }, element("span", { text: FAMILY_MARKS[found.family] ?? "!", "aria-hidden": "true" }), element("span", {}, element("b", { text: familyTitle(found.family) }), " ", bdi(found.message), times));
  });
  return element("ul", { class: "findings", "aria-label": title }, ...lines);
}

/** Of the wording in the making. @param {Scope} scope @param {DifferingDraft} draft */
export function drawOwn(scope, draft) {
  const { text, answer } = scope.work.making(draft);
  if (text === draft.text && answer === draft.answer) return element("div", { class: "own" }, element("p", { class: "hint", text: "As drafted so far." }));
  const found = scope.findings(draft);
  return element("div", { class: "own" }, drawWordings(draft, { text, answer }), found ? drawFindings(found, "Findings in your wording") : null);
}

/** @param {string} name @param {string} value @param {string} title @param {(value: string) => void} onInput */
function area(name, value, title, onInput) {
  const made = element("textarea", { rows: name === "answer" ? 1 : 2, maxlength: name === "text" || name === "answer" ? 20_000 : 4_000, dir: "auto", spellcheck: "true", "data-focus": `edit-${name}`, "data-edit": name });
  made.value = value;
  made.addEventListener("input", () => onInput(made.value));
  return element("label", {}, title, made);
}

/** @param {Scope} scope @param {DifferingDraft} draft */
function drawEdit(scope, draft) {
  const making = scope.work.making(draft);
  if (making.choice !== "written") return null;
  const isQuestion = draft.answer !== null;
  const fields = scope.field === "text" ? [area("text", making.text, isQuestion ? "Question" : "Your wording", (text) => scope.typed({ text })), isQuestion ? area("answer", making.answer ?? "", "Answer", (answer) => scope.typed({ answer })) : null] : [];
  return element("div", { class: "edit" }, ...fields, drawOwn(scope, draft));
}

/** @param {Scope} scope @param {DifferingDraft} draft */
function drawNote(scope, draft) {
  const { note } = scope.work.making(draft);
  if (scope.field === "note") return element("div", { class: "edit" }, area("note", note, "Why, for whoever reads the history", (text) => scope.typed({ note: text })));
  return note ? element("p", { class: "side-note", dir: "auto" }, element("span", { class: "dim", text: "Your note: " }), bdi(note)) : null;
}

/** @param {Scope} scope @param {DifferingDraft} draft */
function drawComment(scope, draft) {
  const { comment } = scope.work.making(draft);
  if (scope.field !== "comment") return comment.text ? element("p", { class: "side-note", dir: "auto" }, element("span", { class: "dim", text: `To ${comment.to === "all" ? "all of them" : comment.to}: ` }), bdi(comment.text)) : null;
  const choices = ["all", ...draft.sides.map((side) => side.letter)].map((to) => element("button", { class: "flag", type: "button", "data-focus": `to-${to}`, "aria-pressed": String(comment.to === to), onclick: () => scope.typed({ comment: { ...scope.work.making(draft).comment, to } }) }, to === "all" ? "to all" : `to ${to}`));
  return element(
    "div",
    { class: "edit" },
    area("comment", comment.text, "Comment back, without your name; it goes with the decision", (text) => scope.typed({ comment: { ...scope.work.making(draft).comment, text } })),
    element("div", { class: "flags flags--to", role: "group", "aria-label": "To whom" }, ...choices, element("button", { class: "button button--small", type: "button", "data-focus": "send-comment", onclick: () => scope.sendComment() }, "Send without a decision")),
  );
}

/** @param {Scope} scope @param {DifferingDraft} draft */
function drawChoices({ work, press }, draft) {
  const { choice } = work.making(draft);
  const choices = [["as_drafted", "As drafted", "W"], ["written", "Write", "E"], ["reject", "Reject", "X"]];
  const action = (/** @type {string} */ id) => (id === "written" ? "write" : id);
  return element("div", { class: "verdicts decisions", role: "group", "aria-label": "Decision" }, ...choices.map(([id = "", title = "", cap = ""]) => element("button", { class: "button", type: "button", "data-do": action(id), "data-focus": id, "aria-pressed": String(choice === id), onclick: () => press(action(id)) }, title, " ", kbd(cap))));
}

/** @param {Scope} scope @param {DifferingDraft} draft */
function drawFlags({ work, press }, draft) {
  const { flags } = work.making(draft);
  const chips = FLAGS.map(({ flag, title, mark }, at) => element("button", { class: "flag", type: "button", "data-flag": flag, "data-focus": flag, "aria-pressed": String(flags.includes(flag)), "aria-keyshortcuts": `Alt+${at + 1}`, onclick: () => press(`flag_${flag}`) }, `${mark} ${title} `, kbd(String(at + 1))));
  return element("div", { class: "flags", role: "group", "aria-label": "Flags" }, element("span", { class: "flags__keys", "aria-hidden": "true" }, kbd("Alt"), " +"), ...chips);
}

/** @param {Scope} scope */
function drawMore({ work, press }) {
  const chip = (/** @type {string} */ id, /** @type {string} */ title, /** @type {string} */ cap, /** @type {boolean | null} */ isOn = null) => element("button", { class: "flag", type: "button", "data-focus": `do-${id}`, "data-do": id, "aria-pressed": isOn === null ? null : String(isOn), onclick: () => press(id) }, `${title} `, kbd(cap));
  const support = work.view.scene.assets.optical ? chip("support", "known from optical", "T", work.support === "sar_with_optical") : null;
  return element("div", { class: "flags", role: "group", "aria-label": "Support and words" }, support, chip("note", "note why", "M"), chip("comment", "comment back", "C"));
}

/** @param {Scope} scope @param {DifferingDraft} draft */
function drawDecision(scope, draft) {
  const { work, field, complaint } = scope;
  const state = work.stateOf(draft);
  if (state !== "open") return [element("p", { class: "hint", text: `This text is ${STATES[state][1]}.` })];
  if (!work.view.may_decide) return [];
  const hint = complaint ? element("p", { class: "hint hint--warning", text: complaint }) : field ? element("p", { class: "hint" }, kbd("⏎"), " leaves the field, ", kbd("Shift ⏎"), " breaks the line") : null;
  return [drawChoices(scope, draft), drawEdit(scope, draft), drawFlags(scope, draft), drawMore(scope), drawNote(scope, draft), drawComment(scope, draft), hint];
}

/** @param {Scope} scope @param {DifferingDraft} draft */
function drawFocused(scope, draft) {
  const { work, press } = scope;
  const place = `${work.drafts.indexOf(draft) + 1} / ${work.drafts.length}`;
  const { side, choice } = work.making(draft);
  const mayDecide = work.view.may_decide && work.stateOf(draft) === "open";
  const sides = draft.sides.map((one, at) => drawSide(draft, one, { at, mayDecide, isTaken: choice === "side" && side === one.letter, onTake: (letter) => press(`side_${letter}`) }));
  return element(
    "section",
    { class: "focused", "aria-label": `${draft.title}, ${place}`, "data-draft": draft.draft_id },
    element("div", { class: "focused__kind" }, element("span", { class: "clip" }, `${draft.title} · `, bdi(draft.drafter)), element("span", { class: "mono", text: place })),
    ...drawTexts(draft),
    draft.findings.length ? drawFindings(draft.findings, "Findings") : null,
    element("p", { class: "sides__why" }, sides.length > 1 ? REASONS[draft.reason] ?? "" : draft.reason === "scene_differs" ? "only one judged it" : REASONS[draft.reason] ?? ""),
    element("div", { class: "sides" }, ...sides),
    ...draft.notes.map((note) => element("p", { class: "side-note", dir: "auto" }, element("span", { class: "dim", text: "Note of another reviewer: " }), bdi(note))),
    ...drawDecision(scope, draft),
  );
}

/** @param {Scope} scope */
function drawScene({ work, press, complaint }) {
  const { scene_sides, may_decide } = work.view;
  if (!scene_sides.length) return null;
  const sides = scene_sides.map(({ letter, verdict, reason, reviews }) => element("li", {}, letterMark(letter), verdict === "usable" ? " calls it usable" : ` calls it unusable: ${reasonTitle(reason)}`, reviews > 1 ? element("span", { class: "dim", text: ` (${reviews} reviews)` }) : null));
  const buttons = may_decide && work.asksForScene ? element("div", { class: "verdicts decisions", role: "group", "aria-label": "The scene" }, element("button", { class: "button", type: "button", "data-do": "usable", "data-focus": "usable", onclick: () => press("usable") }, "Usable ", kbd("U")), element("button", { class: "button", type: "button", "data-do": "unusable", "data-focus": "unusable", onclick: () => press("unusable") }, "Unusable … ", kbd("N"))) : null;
  const state = work.asksForScene ? null : work.isUsable ? element("p", { class: "hint" }, "Usable: decide on its texts. ", kbd("N"), " calls it unusable after all.") : null;
  const hint = work.asksForScene && complaint ? element("p", { class: "hint hint--warning", text: complaint }) : null;
  return element("section", { class: "scene-sides", "aria-label": "The scene" }, element("h2", { text: "Is the scene usable?" }), element("ul", {}, ...sides), buttons, state, hint);
}

/** @param {HTMLElement} root @param {Scope} scope */
export function drawAll(root, scope) {
  const { work } = scope;
  const rows = work.drafts.map((draft) => {
    const isOpen = draft === work.focused && !work.asksForScene;
    return element("li", { "aria-current": isOpen ? "true" : null }, isOpen ? drawFocused(scope, draft) : drawRow(scope, draft));
  });
  const notes = work.view.notes.map((note) => element("p", { class: "side-note side-note--packet", dir: "auto" }, element("span", { class: "dim", text: "A reviewer notes: " }), bdi(note)));
  root.replaceChildren(...notes, ...[drawScene(scope)].filter((part) => part !== null), element("ol", { class: "drafts", "aria-label": "Texts of which reviews differ" }, ...rows));
}
