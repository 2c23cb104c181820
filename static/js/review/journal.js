// @ts-check
/**
 * What was done but is not acknowledged by the server, kept in this browser. Written before anything is sent, and
 * cleared only by an acknowledgement. localStorage, because it alone is written when the call returns: a tab that is
 * killed in the next moment has lost nothing. One reviewer's entries are never read by another of the same browser.
 */

/** @typedef {import("./contract").ProgressBody} ProgressBody */
/** @typedef {{ note_id: string, assignment_id: string, draft_id: number | null, text: string }} Note */
/** @typedef {{ version: number, body: ProgressBody }} Unsaved the body, and the version of the server's that it grew from */

export class Journal {
  /**
   * @param {string} reviewer
   * @param {Storage} [storage]
   */
  constructor(reviewer, storage = localStorage) {
    this.prefix = `trihedral.${reviewer}`;
    this.storage = storage;
    this.isFull = false;
  }

  /**
   * @param {string} key
   * @param {unknown} value
   */
  #write(key, value) {
    try {
      this.storage.setItem(`${this.prefix}.${key}`, JSON.stringify(value));
      this.isFull = false;
    } catch {
      // Full, or forbidden by the browser's settings: the page says so and relies on the server alone.
      this.isFull = true;
    }
  }

  /** @param {string} key @returns {any} */
  #read(key) {
    try {
      return JSON.parse(this.storage.getItem(`${this.prefix}.${key}`) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {string} key */
  #forget(key) {
    this.storage.removeItem(`${this.prefix}.${key}`);
  }

  /**
   * @param {string} assignmentId
   * @param {Unsaved} unsaved
   */
  keepProgress(assignmentId, unsaved) {
    this.#write(`progress.${assignmentId}`, unsaved);
  }

  /** @param {string} assignmentId @returns {Unsaved | null} */
  progress(assignmentId) {
    return this.#read(`progress.${assignmentId}`);
  }

  /** @param {string} assignmentId */
  forgetProgress(assignmentId) {
    this.#forget(`progress.${assignmentId}`);
  }

  /**
   * @param {import("./contract").Submission} submission
   * @param {import("./contract").FirstVerdict[]} firsts that are to be sent before it
   */
  keepSubmission(submission, firsts) {
    this.#write(`submission.${submission.submission_id}`, { at: Date.now(), submission, firsts });
  }

  /** @param {string} submissionId @returns {import("./contract").FirstVerdict[]} */
  firstsOf(submissionId) {
    return this.#read(`submission.${submissionId}`)?.firsts ?? [];
  }

  /** @param {string} submissionId */
  forgetSubmission(submissionId) {
    this.#forget(`submission.${submissionId}`);
  }

  /** Preferences that the server does not have yet. @returns {import("./preferences.js").Settings | null} */
  settings() {
    return this.#read("settings");
  }

  /** @param {import("./preferences.js").Settings | null} unsaved null: the server has them */
  keepSettings(unsaved) {
    if (unsaved) this.#write("settings", unsaved);
    else this.#forget("settings");
  }

  /**
   * One that the server will never take: no longer sent, but not thrown away either.
   * @param {import("./contract").Submission} submission
   */
  setAside(submission) {
    this.#write(`refused.${submission.submission_id}`, { at: Date.now(), submission });
    this.forgetSubmission(submission.submission_id);
  }

  /** Oldest first. @returns {import("./contract").Submission[]} */
  submissions() {
    return this.#entries("submission").map((entry) => entry.submission);
  }

  /** Those that were set aside. @returns {import("./contract").Submission[]} */
  refused() {
    return this.#entries("refused").map((entry) => entry.submission);
  }

  /** @param {string} submissionId */
  forgetRefused(submissionId) {
    this.#forget(`refused.${submissionId}`);
  }

  /** @param {Note} note to the leads */
  keepNote(note) {
    this.#write(`note.${note.note_id}`, { at: Date.now(), note });
  }

  /** Oldest first. @returns {Note[]} */
  notes() {
    return this.#entries("note").map((entry) => entry.note);
  }

  /** @param {string} noteId */
  forgetNote(noteId) {
    this.#forget(`note.${noteId}`);
  }

  /** The note that is being written. @returns {{ assignment_id: string, text: string } | null} */
  writing() {
    return this.#read("writing");
  }

  /** @param {{ assignment_id: string, text: string } | null} writing */
  keepWriting(writing) {
    if (writing) this.#write("writing", writing);
    else this.#forget("writing");
  }

  /** All that is kept here of this reviewer's work, by key. @returns {Record<string, unknown>} */
  everything() {
    const names = this.#keys("").filter((name) => name !== "settings");
    return Object.fromEntries(names.map((name) => [name, this.#read(name)]));
  }

  /** @param {string} kind @returns {string[]} the keys of this reviewer's entries of a kind */
  #keys(kind) {
    const keys = Array.from({ length: this.storage.length }, (_, at) => this.storage.key(at) ?? "");
    return keys.filter((key) => key.startsWith(`${this.prefix}.${kind}`)).map((key) => key.slice(this.prefix.length + 1));
  }

  /** @param {string} kind @returns {any[]} oldest first */
  #entries(kind) {
    const found = this.#keys(`${kind}.`).map((key) => this.#read(key));
    return found.filter(Boolean).sort((one, other) => one.at - other.at);
  }
}
