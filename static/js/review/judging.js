// @ts-check
/** What keys and clicks do to the open packet. Each change is drawn and saved at once. */

import { takeSelection } from "./clicks.js";
import { DraftList } from "./drafts.js";
import { look, newsOf } from "./firsts.js";
import { partsOf } from "./focused.js";
import { keyOf } from "./keys.js";
import { ask, isAsking, say } from "./messages.js";
import { Screening } from "./screening.js";
import { WordSelection } from "./selection.js";
import { FLAGS, UNUSABLE_REASONS, VERDICT_TITLES } from "./vocabulary.js";

/** @typedef {import("./work.js").Work} Work */
/** @typedef {import("./work.js").Wording} Wording */
/** @typedef {import("./contract").Draft} Draft */
/** @typedef {import("./contract").Finding} Finding */

/**
 * @typedef {object} Surroundings
 * @property {import("./display.js").Display} display
 * @property {() => void} onChange
 * @property {() => void} onSubmit
 * @property {(id: string) => void} onOther keys that are about the packet as a whole
 */

export class Judging {
  /** @type {Work | null} */
  #work = null;
  isEditing = false;
  /** @type {string | null} */
  complaint = null;
  selection = new WordSelection();
  #lookedSince = performance.now();
  /** @type {Readonly<import("./contract").Opinion> | null} */
  #beforeEdit = null;

  /**
   * @param {HTMLElement} root
   * @param {Surroundings} surroundings
   */
  constructor(root, { display, onChange, onSubmit, onOther }) {
    this.root = root;
    this.display = display;
    this.onChange = onChange;
    this.onSubmit = onSubmit;
    this.onOther = onOther;
    this.list = new DraftList(root);
    this.screening = new Screening(() => this.#work && this.list.drawWording(this));
    document.addEventListener("keydown", (event) => this.#onKey(event));
    root.addEventListener("pointerup", () => this.#onPointerUp());
  }

  get work() {
    if (!this.#work) throw new Error("no packet is open");
    return this.#work;
  }

  /** @param {Work | null} work */
  show(work) {
    this.#work = work;
    this.isEditing = false;
    this.complaint = null;
    this.selection.end();
    this.#lookedSince = performance.now();
    if (!work) return;
    this.root.scrollTop = 0;
    this.#redraw();
  }

  #redraw() {
    const { focused } = this.work;
    this.root.classList.toggle("is-unusable", this.work.isUnusable);
    this.list.draw(this);
    this.list.reveal();
    this.display.viewer.light(focused.box_numbers);
    this.screening.ask(this.work.packet.assignment.packet_id, focused, this.work.wording(focused));
  }

  /** Findings have come after first verdicts. */
  shown() {
    if (this.isEditing) {
      this.list.drawOthers(this);
      this.list.drawWording(this);
    } else this.#redraw();
    const { length } = newsOf(this.work);
    if (length) say(`Something was found in ${length} judged ${length === 1 ? "text" : "texts"}.`);
  }

  /** To the next judged text in which something was found since. @returns {boolean} whether there is one */
  openNews() {
    const [draft] = this.work.isUnusable ? [] : newsOf(this.work);
    if (!draft) return false;
    this.open(draft.draft_id);
    this.#complain("Found after your verdict: change it, or ⏎ leaves it as it is.");
    return true;
  }

  #changed() {
    this.#redraw();
    this.onChange();
  }

  /** How long and in which way the draft was looked at, for its verdict. @param {Draft} draft */
  #looked(draft) {
    const now = performance.now();
    const ms = this.work.opinion(draft).view.ms + Math.round(now - this.#lookedSince);
    this.#lookedSince = now;
    this.work.change(draft, { view: { ms, ...this.display.viewer.looking() } });
  }

  /** @param {number[]} numbers */
  heat(numbers) {
    this.display.viewer.heat(numbers);
    if (this.#work) this.list.heat(numbers, this.#work);
  }

  /** The next text that speaks of a box. @param {number} number */
  openBox(number) {
    const { drafts, focused } = this.work;
    const at = drafts.indexOf(focused) + 1;
    const found = [...drafts.slice(at), ...drafts.slice(0, at)].find((draft) => draft.box_numbers.includes(number));
    if (found) this.open(found.draft_id);
  }

  /** @param {number} draftId */
  open(draftId) {
    this.#leaveField();
    if (draftId !== this.work.focused.draft_id) look(this.work, this.work.focused);
    this.selection.end();
    this.complaint = null;
    this.work.focus(draftId);
    this.#lookedSince = performance.now();
    this.#changed();
  }

  /** On to the next draft without a verdict. @param {string} done what was just said of the last one */
  #goOn(done) {
    const { work } = this;
    const next = work.nextOpen();
    look(work, work.focused);
    this.isEditing = false;
    this.selection.end();
    this.complaint = null;
    if (next) work.focus(next.draft_id);
    this.#lookedSince = performance.now();
    this.#changed();
    say(`${done}. ${work.judgedCount} of ${work.drafts.length} judged. ${next ? `${next.title}: ${next.text}` : "All are judged: Enter submits."}`);
  }

  /**
   * The action of a key, or of the button that stands for it.
   * @param {string} id
   * @param {string} [name] the key as pressed
   */
  press(id, name = "") {
    if (this.display.press(id)) return;
    if (!this.#work) return;
    this.complaint = null;
    /** @type {Record<string, () => void>} */
    const actions = {
      accept: () => this.#judge("accept"),
      reject: () => this.#judge("reject"),
      unsure: () => this.#judge("unsure"),
      revise: () => this.#beginEdit(),
      flag: () => this.flag(FLAGS[Number(name) - 1]?.flag ?? "other"),
      support: () => this.#toggleSupport(),
      fix: () => this.#nextFix(),
      span: () => this.#beginSelection(),
      undo: () => this.#undo(),
      next: () => this.#move(1),
      previous: () => this.#move(-1),
      submit: () => this.#enter(),
      unusable: () => void this.#chooseUnusable(),
    };
    (actions[id] ?? (() => this.onOther(id)))();
  }

  /** @param {"accept" | "reject" | "unsure"} verdict */
  #judge(verdict) {
    const { work } = this;
    const draft = work.focused;
    work.judge(draft, verdict);
    this.#looked(draft);
    this.#goOn(`${draft.title} ${VERDICT_TITLES[verdict]}`);
  }

  #beginEdit() {
    const draft = this.work.focused;
    if (!this.isEditing) {
      this.#beforeEdit = this.work.opinion(draft);
      this.work.remember();
      this.work.reword(draft, this.work.wording(draft));
      this.isEditing = true;
      this.#changed();
    }
    this.list.enterField();
  }

  /** @param {Wording} wording */
  typed(wording) {
    const draft = this.work.focused;
    this.work.reword(draft, wording);
    this.screening.ask(this.work.packet.assignment.packet_id, draft, this.work.wording(draft));
    this.list.drawWording(this);
    this.onChange();
  }

  /** Out of the field: what was written stays and waits to be confirmed; what was not touched is as before. */
  #leaveField() {
    if (!this.isEditing) return;
    this.isEditing = false;
    if (!this.work.isReworded(this.work.focused) && this.#beforeEdit) this.work.change(this.work.focused, this.#beforeEdit);
  }

  #confirm() {
    const { work } = this;
    const draft = work.focused;
    this.complaint = work.confirm(draft);
    if (this.complaint) {
      this.#redraw();
      say(this.complaint);
      return;
    }
    this.#looked(draft);
    this.#goOn(`${draft.title} ${VERDICT_TITLES.revise}`);
  }

  /** @param {Finding} finding a fix is proposed as a new wording, and waits to be confirmed */
  fix(finding) {
    const draft = this.work.focused;
    const wording = this.work.wording(draft);
    if (finding.suggestion === null) return;
    this.work.remember();
    this.work.reword(draft, finding.field === "answer" ? { ...wording, answer: finding.suggestion } : { ...wording, text: finding.suggestion });
    this.#changed();
    say("A new wording is proposed: Enter confirms it.");
  }

  #nextFix() {
    const draft = this.work.focused;
    if (draft.hides_findings) {
      this.#complain("In this packet findings are shown after your verdict.");
      return;
    }
    const findings = this.screening.of(draft, this.work.wording(draft));
    const next = findings?.find((finding) => finding.suggestion !== null);
    if (next) this.fix(next);
    else this.#complain(findings ? "No finding here has a fix: press E and write it." : "The new wording is still being screened.");
  }

  /** @param {string} complaint */
  #complain(complaint) {
    this.complaint = complaint;
    this.#redraw();
    say(complaint);
  }

  /** @param {string} flag of the draft, or of its selected words */
  flag(flag) {
    const draft = this.work.focused;
    const span = this.selection.span(flag);
    if (span) this.work.addSpan(draft, span);
    else this.work.toggleFlag(draft, flag);
    this.selection.end();
    getSelection()?.removeAllRanges();
    this.#changed();
    say(`${flag.replaceAll("_", " ")} ${this.work.opinion(draft).flags.includes(flag) ? "flagged" : "not flagged"}`);
  }

  #toggleSupport() {
    if (!this.work.packet.scene.assets.optical) return;
    this.work.toggleSupport(this.work.focused);
    this.#changed();
  }

  #beginSelection() {
    this.selection.begin(partsOf(this.work.focused));
    this.#redraw();
    say(this.selection.range?.text ?? "");
  }

  #undo() {
    this.isEditing = false;
    this.selection.end();
    if (this.work.undo()) this.#changed();
    else this.#complain("There is nothing to undo.");
  }

  /** @param {number} step */
  #move(step) {
    const { work } = this;
    const at = Math.min(work.drafts.length - 1, Math.max(0, work.drafts.indexOf(work.focused) + step));
    const target = work.drafts[at];
    if (!target) return;
    this.open(target.draft_id);
    say(`${target.title}: ${target.text}`);
  }

  /** Confirm, submit, or show what is missing. */
  #enter() {
    const { work } = this;
    const open = work.firstOpen();
    look(work, work.focused);
    if (work.opinion(work.focused).pending) this.#confirm();
    else if (work.isComplete) this.onSubmit();
    else if (open) {
      const left = work.drafts.length - work.judgedCount;
      this.open(open.draft_id);
      const why = work.opinion(open).pending ? "its new wording waits for ⏎" : "this is the first";
      this.#complain(`${left} of ${work.drafts.length} ${left === 1 ? "text is" : "texts are"} still open: ${why}.`);
    }
  }

  async #chooseUnusable() {
    const { work } = this;
    if (work.isUnusable) {
      work.setUnusable(null);
      this.#changed();
      return;
    }
    const reasons = UNUSABLE_REASONS.filter(({ needsOptical }) => !needsOptical || work.packet.scene.assets.optical);
    const reason = await ask({
      title: "Why is this scene unusable?",
      text: "No text of an unusable scene is verified.",
      choices: reasons.map((known) => ({ value: known.reason, text: known.title })),
    });
    if (!reason || this.#work !== work) return;
    work.setUnusable(reason);
    this.#changed();
    say("Scene unusable. Enter submits.");
  }

  #onPointerUp() {
    if (!this.#work || !takeSelection(this.root, this.work.focused, this.selection)) return;
    this.#redraw();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.defaultPrevented || isAsking()) return;
    const { target } = event;
    if (target instanceof HTMLTextAreaElement) {
      this.#onFieldKey(event);
      return;
    }
    const isControl = target instanceof Element && target.closest("button, a, [role=slider]");
    if (isControl && (event.key === "Enter" || event.key === " ")) return;
    if (this.#work && this.#onSelectionKey(event)) return;
    const key = keyOf(event);
    if (!key) return;
    event.preventDefault();
    this.press(key.id, key.name);
  }

  /** @param {KeyboardEvent} event */
  #onFieldKey(event) {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    if (event.key === "Enter") {
      if (!event.repeat) this.#confirm();
    } else {
      this.#leaveField();
      this.#changed();
    }
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether it was for the selection
   */
  #onSelectionKey(event) {
    if (event.key === "Escape") {
      this.selection.end();
      this.complaint = null;
    } else if (this.selection.isOn && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      this.selection.move(event.key === "ArrowLeft" ? -1 : 1, event.shiftKey);
      say(this.selection.range?.text ?? "");
    } else return false;
    event.preventDefault();
    this.#redraw();
    return true;
  }
}
