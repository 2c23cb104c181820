// @ts-check
/** A note to the leads about the open text or its packet; kept in the journal until the server has it. */

import { slot } from "../dom.js";
import { dialog, notify, say } from "./messages.js";
import { storable } from "./work.js";

/** @typedef {import("./work.js").Work} Work */

const LONGEST = 4000;

export class NoteDialog {
  /** @type {Work | null} */
  #work = null;

  /**
   * @param {import("./journal.js").Journal} journal
   * @param {() => void} onKept
   */
  constructor(journal, onKept) {
    this.journal = journal;
    this.onKept = onKept;
    this.dialog = dialog("note");
    const field = this.dialog.querySelector("textarea");
    if (!field) throw new Error("the note lacks its field");
    this.field = field;
    field.addEventListener("input", () => this.#keepWriting());
    this.dialog.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    slot("note-close").addEventListener("click", () => this.dialog.close());
  }

  /** @param {Work} work */
  show(work) {
    this.#work = work;
    const { focused, drafts, packet } = work;
    slot("note-text").textContent = `This text: ${focused.title}, ${drafts.indexOf(focused) + 1} of ${drafts.length}`;
    const begun = this.journal.writing();
    this.field.value = begun?.assignment_id === packet.assignment.id ? begun.text : "";
    slot("note-said").textContent = "";
    this.dialog.showModal();
    this.field.focus();
  }

  #keepWriting() {
    const id = this.#work?.packet.assignment.id;
    if (id) this.journal.keepWriting(this.field.value ? { assignment_id: id, text: this.field.value } : null);
  }

  #send() {
    const work = this.#work;
    const text = storable(this.field.value).trim();
    if (!work) return;
    if (!text || [...text].length > LONGEST) {
      slot("note-said").textContent = text ? `A note has at most ${LONGEST.toLocaleString("en")} characters.` : "The note is empty.";
      return;
    }
    const isOfText = new FormData(this.dialog.querySelector("form") ?? undefined).get("about") !== "packet";
    this.journal.keepNote({ note_id: crypto.randomUUID(), assignment_id: work.packet.assignment.id, draft_id: isOfText ? work.focused.draft_id : null, text });
    this.journal.keepWriting(null);
    this.dialog.close();
    notify("note", { title: "Your note goes to the leads.", text: "", tone: "ok" });
    say("Your note goes to the leads.");
    this.onKept();
  }
}
