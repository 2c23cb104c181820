// @ts-check
/** The open draft in new words: written, or proposed by a finding, and confirmed by the reviewer alone. */

import { say } from "./messages.js";
import { VERDICT_TITLES } from "./vocabulary.js";

/** @typedef {import("./judging.js").Judging} Judging */
/** @typedef {import("./work.js").Wording} Wording */
/** @typedef {import("./contract").Finding} Finding */

export class Revising {
  isEditing = false;
  /** @type {Readonly<import("./contract").Opinion> | null} */
  #before = null;

  /** @param {Judging} judging */
  constructor(judging) {
    this.judging = judging;
  }

  /** Out of the field without a look back, as when another packet is shown. */
  end() {
    this.isEditing = false;
  }

  begin() {
    const { work, list } = this.judging;
    if (!this.isEditing) {
      this.judging.flagging.stopAsking();
      this.#before = work.opinion(work.focused);
      work.remember();
      const { pending, origin } = this.#before;
      work.reword(work.focused, work.wording(work.focused), pending ? origin : "single");
      this.isEditing = true;
      this.judging.changed();
    }
    list.enterField();
  }

  /** @param {Wording} wording */
  typed(wording) {
    const { work } = this.judging;
    work.reword(work.focused, wording);
    this.judging.screen();
    this.judging.list.drawWording(this.judging);
    this.judging.onChange(true);
  }

  /** Out of the field: what was written stays and waits to be confirmed; what was not touched is as before. */
  leaveField() {
    if (!this.isEditing) return;
    this.isEditing = false;
    const { work } = this.judging;
    if (!work.isReworded(work.focused) && this.#before) work.change(work.focused, this.#before);
  }

  confirm() {
    const { work } = this.judging;
    const draft = work.focused;
    const complaint = work.confirm(draft);
    if (complaint) this.judging.complain(complaint);
    else {
      this.judging.looked(draft);
      this.judging.goOn(`${draft.title} ${VERDICT_TITLES.revise}`, draft);
    }
  }

  /** @param {Finding} finding a fix is proposed as a new wording, and waits to be confirmed */
  fix(finding) {
    const { work } = this.judging;
    const wording = work.wording(work.focused);
    if (finding.suggestion === null) return;
    this.judging.flagging.stopAsking();
    const { pending, origin } = work.opinion(work.focused);
    // A suggestion put into words of one's own is one's own.
    const isOwn = pending && origin !== "fix" && work.isReworded(work.focused);
    work.remember();
    work.reword(work.focused, finding.field === "answer" ? { ...wording, answer: finding.suggestion } : { ...wording, text: finding.suggestion }, isOwn ? "single" : "fix");
    this.judging.changed();
    say("A new wording is proposed: Enter confirms it.");
  }

  nextFix() {
    const { work, screening } = this.judging;
    const draft = work.focused;
    if (draft.hides_findings) {
      this.judging.complain("In this packet findings are shown after your verdict.");
      return;
    }
    const findings = screening.of(draft, work.wording(draft));
    const next = findings?.find((finding) => finding.suggestion !== null);
    if (next) this.fix(next);
    else if (!findings) this.judging.complain("The new wording is still being screened.");
    else this.judging.complain(`${findings.length ? "No finding here has a fix" : "Nothing was found here"}: press E and write it.`);
  }
}
