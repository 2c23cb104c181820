// @ts-check
/** A packet on the senior's desk: keys and clicks decide, everything is kept in this browser, and goes out as it is saved. */

import { call, sendLast } from "../review/api.js";
import { slot } from "../dom.js";
import { ask, notify, say } from "../review/messages.js";
import { UNUSABLE_REASONS } from "../review/vocabulary.js";
import { Case } from "./case.js";
import { drawAll, drawOwn } from "./drawing.js";
import { Hold } from "./hold.js";
import { Keeper, Sender } from "./keeping.js";
import { Screening } from "./screening.js";
import { showSheet } from "./sheet.js";
import { SideMarks } from "./side_marks.js";
import { tellDone, tellElsewhere, tellFoot, tellLeft, tellSaving } from "./telling.js";

/** @typedef {import("./contract").AdjudicationView} AdjudicationView */
/** @typedef {import("./contract").Making} Making */
/** @typedef {import("./contract").Decisions} Decisions */
/** @typedef {import("./contract").DifferingDraft} DifferingDraft */
/** @typedef {import("./contract").Finding} Finding */

export class Desk {
  /** @type {"text" | "note" | "comment" | null} */
  field = null;
  /** @type {string | null} */
  complaint = null;
  /** @type {DifferingDraft | null} */
  #shown = null;

  /**
   * @param {AdjudicationView} view
   * @param {import("../review/display.js").Display} display
   */
  constructor(view, display) {
    this.view = view;
    this.display = display;
    this.root = slot("list");
    this.keeper = new Keeper(view.packet_id);
    const kept = view.may_decide ? this.keeper.read() : null;
    this.work = new Case(view, kept);
    this.marks = new SideMarks(display.viewer);
    this.screening = new Screening(view.packet_id, () => this.#drawOwn());
    this.sender = new Sender({ onState: tellSaving, onStored: (told, sent) => this.#stored(told, sent), onRefused: (problem, sent) => this.#refused(problem, sent) });
    if (kept) this.#restore(kept);
    if (view.may_decide && view.drafts.length) this.hold = new Hold(view.packet_id, { onLeft: tellLeft, onLost: (message) => this.#lost(message), onHeld: () => notify("hold", null) });
    void this.hold?.take();
    this.draw();
  }

  /** @param {import("./contract").Kept} kept */
  #restore(kept) {
    const known = new Set(this.view.drafts.map((draft) => String(draft.draft_id)));
    const gone = Object.entries(kept.makings).filter(([id, making]) => !known.has(id) && (making.choice === "written" || making.note || making.comment.text));
    if (gone.length) tellElsewhere(gone.map(([, making]) => making));
    this.sender.send(...kept.waiting);
    this.#keep();
  }

  #keep() {
    this.keeper.write(this.work.kept(this.sender.waiting));
    notify("journal", this.keeper.isFull ? { title: "This browser keeps nothing.", text: "Its storage is full or switched off: only what the top says is saved survives a reload." } : null);
  }

  draw() {
    if (!this.view.drafts.length) {
      tellDone(this.view);
      return;
    }
    const held = this.#heldFocus();
    const { scrollTop } = this.root;
    drawAll(this.root, this);
    this.#giveFocus(held);
    const { focused, asksForScene } = this.work;
    // A text that was just opened is read from its first line; one that is worked on stays where it is.
    if (this.#shown === focused) this.root.scrollTop = scrollTop;
    else this.root.querySelector(".focused")?.scrollIntoView({ block: "start" });
    this.#shown = asksForScene ? null : focused;
    this.display.viewer.light(asksForScene ? [] : focused.box_numbers);
    this.marks.show(asksForScene ? [] : focused.sides);
    tellFoot(this.work);
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

  #changed() {
    this.#keep();
    this.draw();
  }

  /** @param {number} draftId */
  open(draftId) {
    this.#leave();
    this.work.open(draftId);
    this.draw();
  }

  /** Nothing that was opened in a text is carried over to the next. */
  #leave() {
    this.field = null;
    this.complaint = null;
  }

  /** @param {string} action @returns {boolean} whether it is one of this page's */
  press(action) {
    const [kind = "", letter = ""] = action.split("_");
    const before = this.complaint;
    this.complaint = null;
    if (kind === "side") this.#choose(() => this.work.take(letter));
    else if (action.startsWith("flag_")) this.#choose(() => (this.work.toggleFlag(action.slice("flag_".length)), null));
    else if (!this.#act(action)) {
      this.complaint = before;
      return false;
    }
    return true;
  }

  /** @param {string} action */
  #act(action) {
    /** @type {Record<string, () => void>} */
    const actions = {
      write: () => this.#choose(() => (this.work.write(), null), "text"),
      as_drafted: () => this.#choose(() => (this.work.leaveSides("as_drafted"), null)),
      reject: () => this.#choose(() => (this.work.leaveSides("reject"), null)),
      support: () => this.#choose(() => (this.work.toggleSupport(), null)),
      note: () => this.#choose(() => null, "note"),
      comment: () => this.#choose(() => null, "comment"),
      undo: () => this.#choose(() => (this.work.undo() ? null : "There is nothing to undo in this text.")),
      save: () => this.#save(),
      next: () => this.#move(1),
      previous: () => this.#move(-1),
      usable: () => this.#setUsable(),
      unusable: () => void this.#unusable(),
      skip: () => this.#goOn(),
      sheet: () => showSheet(),
    };
    actions[action]?.();
    return action in actions;
  }

  /** @param {number} step */
  #move(step) {
    if (this.work.asksForScene) return;
    this.#leave();
    this.work.move(step);
    this.draw();
    this.#screen();
  }

  /**
   * Change something of the open text, if it is still to be decided.
   * @param {() => string | null} change gives why it did nothing
   * @param {Desk["field"]} [field] that is then written in
   */
  #choose(change, field = null) {
    const { work } = this;
    if (!this.view.may_decide || !this.view.drafts.length) return;
    const isShut = work.asksForScene || work.stateOf(work.focused) !== "open";
    this.complaint = isShut ? work.complaint : change();
    this.field = isShut || this.complaint ? null : field;
    this.#changed();
    if (field) this.#enterField();
    if (work.making(work.focused).choice === "written") this.#screen();
  }

  /** Into the field, behind its last letter; of a question into its answer, which is what mostly differs. */
  #enterField() {
    const [field] = [...this.root.querySelectorAll("textarea")].reverse();
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }

  leaveField() {
    this.field = null;
    this.root.focus({ preventScroll: true });
    this.#changed();
  }

  /** What is typed is kept at once; the field itself is never drawn anew under the hand. @param {Partial<Making>} changes */
  typed(changes) {
    const isTo = changes.comment !== undefined && changes.comment.text === this.work.making(this.work.focused).comment.text;
    this.work.change(changes, false);
    this.#keep();
    if (isTo) this.draw();
    if (this.field !== "text") return;
    this.#drawOwn();
    this.#screen();
  }

  /** @param {DifferingDraft} draft @returns {Finding[] | null} of the wording in the making */
  findings(draft) {
    return this.screening.of(draft, this.work.making(draft));
  }

  #screen() {
    this.screening.ask(this.work.focused, this.work.making(this.work.focused));
  }

  /** What follows from the wording. */
  #drawOwn() {
    this.root.querySelector(".own")?.replaceWith(drawOwn(this, this.work.focused));
  }

  #setUsable() {
    if (!this.view.may_decide || !this.view.scene_sides.length) return;
    this.work.isUsable = true;
    this.#changed();
    say("The scene is usable. Decide on its texts.");
  }

  async #unusable() {
    const { work } = this;
    if (!this.view.may_decide || !this.view.scene_sides.length) return;
    if (work.count((state) => state === "open") < work.drafts.length) {
      this.complaint = "Texts of this scene are decided already, so it was taken for usable. Reject the rest one by one.";
      this.draw();
      return;
    }
    const reasons = UNUSABLE_REASONS.filter(({ needsOptical }) => !needsOptical || this.view.scene.assets.optical);
    const reason = await ask({ title: "Why is this scene unusable?", text: `All ${work.drafts.length} texts of it are then rejected.`, choices: reasons.map(({ reason: value, title }) => ({ value, text: title })) });
    if (reason) this.#send(work.submitScene(crypto.randomUUID(), reason));
  }

  #save() {
    if (!this.view.may_decide || !this.view.drafts.length) return;
    if (this.work.count((state) => state === "open") === 0) {
      this.#goOn();
      return;
    }
    if (this.work.stateOf(this.work.focused) !== "open") this.work.openNext();
    else if (this.work.complaint) this.complaint = this.work.complaint;
    else {
      this.#send(this.work.submit(crypto.randomUUID()));
      return;
    }
    this.draw();
  }

  /** @param {Decisions} decisions */
  #send(decisions) {
    this.#leave();
    this.work.openNext();
    this.sender.send(decisions);
    this.#changed();
  }

  /** @param {import("./contract").Acknowledged} told @param {Decisions} sent */
  #stored(told, sent) {
    for (const draft of this.work.draftsOf(sent)) {
      const outcome = told.decided.find((one) => one.draft_id === draft.draft_id)?.outcome;
      if (outcome) this.work.setState(draft, outcome);
    }
    this.#keep();
    if (this.work.count((state) => state === "open" || state === "sending")) this.draw();
    else this.#goOn();
  }

  /** Back into the making: nothing that was chosen or written is lost. @param {import("../review/api.js").ProblemError} problem @param {Decisions} sent */
  #refused(problem, sent) {
    const isElsewhere = problem.code === "already_decided";
    const decided = new Set(problem.facts.decided ?? []);
    for (const draft of this.work.draftsOf(sent)) this.work.setState(draft, isElsewhere && decided.has(draft.draft_id) ? "elsewhere" : "open");
    const [draft] = this.work.draftsOf(sent);
    if (draft && !isElsewhere) this.work.open(draft.draft_id);
    if (isElsewhere) tellElsewhere(this.work.draftsOf(sent).map((one) => this.work.making(one)).filter((making) => making.choice === "written" || making.note || making.comment.text));
    else notify("refused", { title: "The decision was not taken.", text: problem.message, tone: "error" });
    this.#changed();
  }

  /** @param {string} message */
  #lost(message) {
    notify("hold", { title: "Not yours just now.", text: message, actions: [{ text: "Try again", onclick: () => void this.hold?.take() }] });
  }

  async sendComment() {
    const draft = this.work.focused;
    const { comment } = this.work.making(draft);
    if (!comment.text.trim()) {
      this.complaint = "The comment is empty: write it first.";
      this.draw();
      return;
    }
    try {
      await call("POST", `/adjudications/${this.view.packet_id}/comments`, { note_id: crypto.randomUUID(), draft_id: draft.draft_id, ...comment });
      this.work.change({ comment: { to: comment.to, text: "" } }, false);
      this.field = null;
      say("The comment is sent.");
      notify("comment", null);
    } catch (error) {
      notify("comment", { title: "The comment was not sent.", text: error instanceof Error ? error.message : String(error), tone: "error" });
    }
    this.#changed();
  }

  /** To the next packet, or to the list where there is none. What is still on its way goes first. */
  #goOn() {
    if (this.sender.waiting.length) return;
    sendLast(`/adjudications/${this.view.packet_id}/leave`);
    location.assign(this.view.next_address || this.view.list_address);
  }
}
