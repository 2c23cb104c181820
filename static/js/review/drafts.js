// @ts-check
/** The packet's drafts: the open one large, the others quiet. */

import { bdi, element } from "../dom.js";
import { drawFollowing } from "./box_list.js";
import { shownDrafts } from "./box_set.js";
import { newsOf } from "./firsts.js";
import { drawDifferences, drawFindings, drawFocused } from "./focused.js";
import { gravestFirst, isQuiet } from "./severity.js";
import { FAMILY_MARKS, FLAGS, GLYPHS, VERDICT_TITLES } from "./vocabulary.js";

/** @typedef {import("./contract").Draft} Draft */
/** @typedef {import("./focused.js").Scope} Scope */

/**
 * @param {Scope} scope
 * @param {Draft} draft
 */
function drawRow(scope, draft) {
  const { work } = scope;
  const opinion = work.opinion(draft);
  const state = opinion.pending ? null : opinion.verdict;
  const { text, answer } = work.wording(draft);
  const flags = opinion.flags.map((flag) => FLAGS.find((known) => known.flag === flag)?.mark ?? "").join(" ");
  const isNews = newsOf(work).includes(draft);
  const areFlags = state && !isNews;
  const loud = gravestFirst(draft.findings).filter((finding) => !isQuiet(finding));
  const families = [...new Set(loud.map((finding) => FAMILY_MARKS[finding.family] ?? "!"))].join(" ");
  return element(
    "button",
    { class: "draft-row", type: "button", "data-draft": draft.draft_id, "data-focus": `row-${draft.draft_id}`, onclick: () => scope.open(draft.draft_id), onpointerenter: () => scope.heat(draft.box_numbers), onpointerleave: () => scope.heat([]) },
    element("span", { class: "glyph", "data-verdict": opinion.verdict, "aria-hidden": "true", text: state ? GLYPHS[state] : opinion.pending ? "◐" : "○" }),
    element("span", { class: "draft-row__kind clip" }, draft.title, element("span", { class: "visually-hidden", text: `, ${state ? VERDICT_TITLES[state] : opinion.pending ? "new wording not confirmed" : "open"}` })),
    element("span", { class: "draft-row__marks", text: areFlags ? flags : families, title: areFlags ? "Flags" : isNews ? "Found after your verdict" : "Findings" }),
    element("span", { class: "draft-row__text", dir: "auto" }, bdi(text), answer === null ? null : element("b", {}, " ", bdi(answer))),
  );
}

export class DraftList {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /**
   * Everything anew; the keyboard's place and the caret stay.
   * @param {Scope} scope
   */
  draw(scope) {
    const held = this.#heldFocus();
    const rows = shownDrafts(scope.work).map((draft) => {
      const isOpen = draft === scope.work.focused;
      return element("li", { "aria-current": isOpen ? "true" : null }, isOpen ? drawFocused(scope, draft) : drawRow(scope, draft));
    });
    const following = drawFollowing(scope.work, scope);
    this.root.replaceChildren(...(following ? [following] : []), element("ol", { class: "drafts", "aria-label": "Texts of this packet" }, ...rows));
    this.#giveFocus(held);
  }

  #heldFocus() {
    const active = document.activeElement;
    if (!(active instanceof HTMLElement) || !this.root.contains(active)) return null;
    const caret = active instanceof HTMLTextAreaElement ? [active.selectionStart, active.selectionEnd] : null;
    return { name: active.dataset.focus ?? "", caret };
  }

  /** @param {{ name: string, caret: number[] | null } | null} held */
  #giveFocus(held) {
    const found = held && this.root.querySelector(`[data-focus="${CSS.escape(held.name)}"]`);
    if (!(found instanceof HTMLElement)) return;
    found.focus({ preventScroll: true });
    if (found instanceof HTMLTextAreaElement && held?.caret) found.setSelectionRange(held.caret[0] ?? 0, held.caret[1] ?? 0);
  }

  /** All but the open one, in which somebody may be writing. @param {Scope} scope */
  drawOthers(scope) {
    for (const draft of scope.work.drafts) if (draft !== scope.work.focused) this.root.querySelector(`.draft-row[data-draft="${draft.draft_id}"]`)?.replaceWith(drawRow(scope, draft));
  }

  /** While typing only what follows from the wording is drawn anew, never the field itself. @param {Scope} scope */
  drawWording(scope) {
    const draft = scope.work.focused;
    const field = this.root.querySelector(".edit");
    const before = this.root.querySelector(".focused .findings");
    const top = field?.getBoundingClientRect().top ?? 0;
    if (before) {
      const findings = drawFindings(scope, draft);
      const { scrollTop } = before;
      before.replaceWith(findings);
      findings.scrollTop = scrollTop;
    }
    // What is found comes above the field, which stays where it is.
    if (field) this.root.scrollTop += field.getBoundingClientRect().top - top;
    this.root.querySelector(".edit .diff")?.replaceWith(drawDifferences(scope, draft));
  }

  /** Put the open draft where it can be read. */
  reveal() {
    this.root.querySelector(".focused")?.scrollIntoView({ block: "nearest" });
  }

  /** Into the field of the new wording, behind its last letter. */
  enterField() {
    const field = this.root.querySelector("textarea");
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }

  /** Mark the texts that speak of a box. @param {number[]} numbers @param {import("./work.js").Work} work */
  heat(numbers, work) {
    for (const draft of work.drafts) {
      const isHot = numbers.some((number) => draft.box_numbers.includes(number));
      this.root.querySelector(`[data-draft="${draft.draft_id}"]`)?.classList.toggle("is-hot", isHot);
    }
  }
}
