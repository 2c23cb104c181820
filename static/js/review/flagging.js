// @ts-check
/** Why: flags of the open draft, or of words picked out of it, and whether its identity is known from the optical image. */

import { takeSelection } from "./clicks.js";
import { partsOf } from "./focused.js";
import { say } from "./messages.js";
import { WordSelection } from "./selection.js";

/** @typedef {import("./judging.js").Judging} Judging */
/** @typedef {import("./contract").Draft} Draft */

export class Flagging {
  selection = new WordSelection();
  /** Judged just now, and nothing says why. @type {Draft | null} */
  #judged = null;

  /** @param {Judging} judging */
  constructor(judging) {
    this.judging = judging;
  }

  /** A verdict leads on to the next text; the reason for it may come afterwards. @param {Draft} judged */
  askWhy(judged) {
    const { verdict, flags } = this.judging.work.opinion(judged);
    this.#judged = verdict === "accept" || flags.length ? null : judged;
  }

  /** The reviewer has turned to the open text. */
  stopAsking() {
    this.#judged = null;
  }

  /** The text before, of which the digits say why it was judged so. @returns {Draft | null} */
  get unexplained() {
    const { work } = this.judging;
    const draft = this.#judged;
    const isOpen = !draft || draft === work.focused || !work.isJudged(draft) || work.opinion(draft).verdict === "accept";
    return isOpen ? null : draft;
  }

  /** @param {string} flag by its key */
  press(flag) {
    const { unexplained } = this;
    if (unexplained) this.#explain(unexplained, flag);
    else this.flag(flag);
  }

  /**
   * @param {Draft} draft
   * @param {string} flag
   */
  #explain(draft, flag) {
    const { work } = this.judging;
    work.toggleFlag(draft, flag);
    this.judging.changed();
    this.#tell(draft, flag, "Text before: ");
  }

  /** @param {string} flag of the draft, or of its selected words */
  flag(flag) {
    this.stopAsking();
    const { work } = this.judging;
    const draft = work.focused;
    const span = this.selection.span(flag);
    if (span) work.addSpan(draft, span);
    else work.toggleFlag(draft, flag);
    this.selection.end();
    getSelection()?.removeAllRanges();
    this.judging.changed();
    this.#tell(draft, flag);
  }

  /**
   * @param {Draft} draft
   * @param {string} flag
   * @param {string} [which]
   */
  #tell(draft, flag, which = "") {
    const isOn = this.judging.work.opinion(draft).flags.includes(flag);
    say(`${which}${flag.replaceAll("_", " ")} ${isOn ? "flagged" : "not flagged"}`);
  }

  toggleSupport() {
    const { work } = this.judging;
    if (!work.packet.scene.assets.optical) return;
    this.stopAsking();
    work.toggleSupport(work.focused);
    this.judging.changed();
  }

  begin() {
    this.stopAsking();
    this.selection.begin(partsOf(this.judging.work.focused));
    this.judging.redraw();
    this.#told();
  }

  #told() {
    say(this.selection.range?.text ?? "");
  }

  /** What the mouse selected. */
  take() {
    if (!takeSelection(this.judging.root, this.judging.work.focused, this.selection)) return;
    this.stopAsking();
    this.judging.redraw();
  }

  /**
   * Arrows go from word to word, Escape ends.
   * @param {KeyboardEvent} event
   * @returns {boolean} whether it was for the selection
   */
  onKey(event) {
    if (event.key === "Escape") {
      this.selection.end();
      this.stopAsking();
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
