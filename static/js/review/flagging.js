// @ts-check
/** Why: flags of the open draft, or of words picked out of it, and whether its identity is known from the optical image. */

import { takeSelection } from "./clicks.js";
import { partsOf } from "./focused.js";
import { say } from "./messages.js";
import { WordSelection } from "./selection.js";

/** @typedef {import("./judging.js").Judging} Judging */

export class Flagging {
  selection = new WordSelection();

  /** @param {Judging} judging */
  constructor(judging) {
    this.judging = judging;
  }

  /** @param {string} flag of the draft, or of its selected words */
  flag(flag) {
    const { work } = this.judging;
    const draft = work.focused;
    const span = this.selection.span(flag);
    if (span) work.addSpan(draft, span);
    else work.toggleFlag(draft, flag);
    this.selection.end();
    getSelection()?.removeAllRanges();
    this.judging.changed();
    say(`${flag.replaceAll("_", " ")} ${work.opinion(draft).flags.includes(flag) ? "flagged" : "not flagged"}`);
  }

  toggleSupport() {
    const { work } = this.judging;
    if (!work.packet.scene.assets.optical) return;
    work.toggleSupport(work.focused);
    this.judging.changed();
  }

  begin() {
    this.selection.begin(partsOf(this.judging.work.focused));
    this.judging.redraw();
    this.#told();
  }

  #told() {
    say(this.selection.range?.text ?? "");
  }

  /** What the mouse selected. */
  take() {
    if (takeSelection(this.judging.root, this.judging.work.focused, this.selection)) this.judging.redraw();
  }

  /**
   * Arrows go from word to word, Escape ends.
   * @param {KeyboardEvent} event
   * @returns {boolean} whether it was for the selection
   */
  onKey(event) {
    if (event.key === "Escape") {
      this.selection.end();
      this.judging.complaint = null;
    } else if (this.selection.isOn && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      this.selection.move(event.key === "ArrowLeft" ? -1 : 1, event.shiftKey);
      this.#told();
    } else return false;
    event.preventDefault();
    this.judging.redraw();
    return true;
  }
}
