// @ts-check
/**
 * Carries what is done to the server: submissions and verdicts at once, words a moment after they were typed. While one
 * request is on its way all that changes goes into the next, which follows it. Everything is in the journal first. Without
 * an answer it tries again, ever more rarely, and at once when the browser is on line again.
 */

import { call, ForbiddenError, isFinal, LoggedOutError, ProblemError, UnreachableError } from "./api.js";
import { sendBoxes } from "./box_sending.js";
import { waitingBoxes } from "./box_set.js";
import { dropFirst, waitingFirsts } from "./firsts.js";
import { reveal, sendBefore, waitingSar } from "./sar_first.js";

/** @typedef {import("./contract").Submission} Submission */
/** @typedef {import("./contract").Acknowledgement} Acknowledgement */
/** @typedef {import("./contract").FirstVerdict} FirstVerdict */
/** @typedef {import("./work.js").Work} Work */
/** @typedef {"saved" | "saving" | "offline" | "logged_out" | "other_person" | "forbidden"} SaveState */
/** @typedef {{ version: number, body: import("./contract").ProgressBody, saved_at: string }} Stored */

const DEBOUNCE_MS = 600;
const LONGEST_WAIT_MS = 15_000;

/**
 * @typedef {object} Listeners
 * @property {(state: SaveState, message: string) => void} onState
 * @property {(work: Work, stored: Stored) => void} onConflict
 * @property {(work: Work, shown: import("./contract").DraftFindings[]) => void} onShown findings after a first verdict
 * @property {(work: Work, notice: import("./sar_first.js").Notice) => void} onRevealed the optical image, after verdicts without it
 * @property {(work: Work, told: import("./box_sending.js").Told) => void} onBoxes what follows from judged boxes
 * @property {(acknowledgement: Acknowledgement, submission: Submission) => void} onAcknowledged
 * @property {(problem: ProblemError, submission: Submission) => void} onRefused
 * @property {(problem: ProblemError) => void} onHoldLost
 * @property {(assignmentId: string, expiresAt: string, serverTime: string) => void} onHeld
 * @property {(problem: ProblemError) => void} onNoteRefused
 * @property {() => { next: boolean, have: string[], dataset: string | null }} wanted what a submission asks for along with it
 */

export class Saver {
  /** @type {Work | null} */
  #work = null;
  #version = 0;
  #isDirty = false;
  /** Whether what is not saved waits for nothing but the request that is on its way. */
  #isDue = false;
  #isBusy = false;
  #isStopped = false;
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {SaveState} */
  state = "saved";

  /**
   * @param {import("./journal.js").Journal} journal
   * @param {Listeners} listeners
   */
  constructor(journal, listeners) {
    this.journal = journal;
    this.listeners = listeners;
    addEventListener("online", () => this.#soon(0));
    addEventListener("pagehide", () => this.#now());
  }

  /**
   * @param {Work} work
   * @param {number} version of the progress that the server has
   * @param {boolean} isDirty whether the journal has more than the server
   */
  follow(work, version, isDirty) {
    this.#work = work;
    this.#version = version;
    this.#isDirty = isDirty;
    this.#isDue = false;
    this.#isStopped = false;
    if (isDirty) this.#soon(0);
  }

  /**
   * The journal is written before this returns.
   * @param {boolean} isPassing a letter, or another text that is looked at: more of them follow
   */
  changed(isPassing = false) {
    if (!this.#work) return;
    this.#isDirty = true;
    this.journal.keepProgress(this.#work.packet.assignment.id, { version: this.#version, body: this.#work.body });
    if (this.state === "saved") this.#tell("saving");
    // With nobody to answer, each key would be an attempt of its own.
    if (isPassing || (this.state !== "saved" && this.state !== "saving")) this.#soon(DEBOUNCE_MS);
    else this.#now();
  }

  /** @param {Submission} submission */
  submit(submission) {
    this.journal.keepSubmission(submission, this.#work ? waitingFirsts(this.#work) : []);
    this.#work = null;
    this.#isDirty = false;
    this.#tell("saving");
    this.#soon(0);
  }

  /** A note to the leads; it is in the journal already. */
  noted() {
    this.#tell("saving");
    this.#soon(0);
  }

  /** One attempt to send what an earlier page left behind. */
  async drain() {
    if (this.journal.submissions().length || this.journal.notes().length) await this.#flush();
  }

  /** After a log-in in another tab, or on the reviewer's wish. */
  retry() {
    this.#failures = 0;
    this.#soon(0);
  }

  /** Mine goes over what is stored. @param {Stored} stored */
  overwrite(stored) {
    this.#version = stored.version;
    this.#isStopped = false;
    this.changed();
  }

  /**
   * @param {SaveState} state
   * @param {string} [message] what the server says of it
   */
  #tell(state, message = "") {
    this.state = state;
    this.listeners.onState(state, message);
  }

  /** @param {number} after_ms */
  #soon(after_ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#now(), after_ms);
  }

  #now() {
    this.#isDue = true;
    void this.#flush();
  }

  async #flush() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      // A change may come between the last look and here: asked again, without a moment between.
      while ((await this.#sendOne()) || this.#isWaiting);
      this.#failures = 0;
      this.#tell(this.#isDirty && !this.#isStopped ? "saving" : "saved");
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isBusy = false;
    }
  }

  /** @returns {Promise<boolean>} whether there was anything to send */
  async #sendOne() {
    const [submission] = this.journal.submissions();
    if (submission) {
      await this.#sendSubmission(submission);
      return true;
    }
    const [first] = this.#work ? waitingFirsts(this.#work) : [];
    if (this.#work && first) {
      await this.#sendFirst(this.#work, first);
      return true;
    }
    const said = this.#work && waitingSar(this.#work);
    if (this.#work && said) {
      const work = this.#work;
      this.listeners.onRevealed(work, await reveal(work, said));
      return true;
    }
    const set = this.#work && waitingBoxes(this.#work);
    if (this.#work && set) {
      const work = this.#work;
      this.listeners.onBoxes(work, await sendBoxes(work, set));
      return true;
    }
    const [note] = this.journal.notes();
    if (note) {
      await this.#sendNote(note);
      return true;
    }
    if (!this.#work || !this.#isWaiting) return false;
    await this.#sendProgress(this.#work);
    return true;
  }

  /** Whether progress is to be sent now. */
  get #isWaiting() {
    return this.#work !== null && this.#isDirty && this.#isDue && !this.#isStopped;
  }

  /** @param {import("./journal.js").Note} note */
  async #sendNote({ assignment_id, ...note }) {
    try {
      await call("POST", `/assignments/${assignment_id}/notes`, note);
    } catch (error) {
      if (!isFinal(error)) throw error;
      this.listeners.onNoteRefused(error);
    }
    this.journal.forgetNote(note.note_id);
  }

  /**
   * @param {Work} work
   * @param {FirstVerdict} first
   */
  async #sendFirst(work, first) {
    try {
      const { shown } = await call("POST", `/assignments/${work.packet.assignment.id}/first-verdicts`, first);
      this.listeners.onShown(work, shown);
    } catch (error) {
      // Handed back, or submitted from another tab: what is saved or submitted next tells it.
      if (!isFinal(error)) throw error;
      dropFirst(work, first);
    }
  }

  /** What waited when a packet was submitted goes before it: afterwards it would be no first verdict. @param {Submission} submission */
  async #sendFirstsOf({ submission_id, assignment_id }) {
    for (const first of this.journal.firstsOf(submission_id)) {
      await call("POST", `/assignments/${assignment_id}/first-verdicts`, first).catch((error) => {
        if (!isFinal(error)) throw error;
      });
    }
  }

  /**
   * Until the server has answered all first verdicts, or cannot be reached, or is slow.
   * @param {Work} work
   * @param {number} longest_ms
   */
  async settleFirsts(work, longest_ms) {
    const until = performance.now() + longest_ms;
    const isOnline = () => this.state === "saved" || this.state === "saving";
    while (waitingFirsts(work).length && isOnline() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** @param {Submission} submission */
  async #sendSubmission(submission) {
    await this.#sendFirstsOf(submission);
    try {
      const acknowledgement = await call("POST", "/reviews", { ...submission, ...this.listeners.wanted() });
      this.journal.forgetSubmission(submission.submission_id);
      this.journal.forgetProgress(submission.assignment_id);
      this.listeners.onAcknowledged(acknowledgement, submission);
    } catch (error) {
      if (!isFinal(error)) throw error;
      if (await sendBefore(submission, error)) return;
      this.journal.setAside(submission);
      this.listeners.onRefused(error, submission);
    }
  }

  /** @param {Work} work */
  async #sendProgress(work) {
    const { id } = work.packet.assignment;
    this.#isDirty = false;
    this.#isDue = false;
    try {
      const saved = await call("PUT", `/assignments/${id}/progress`, { version: this.#version, body: work.body });
      if (this.#work !== work) return;
      this.#version = saved.version;
      this.listeners.onHeld(id, saved.expires_at, saved.saved_at);
      if (this.#isDirty) this.journal.keepProgress(id, { version: this.#version, body: work.body });
      else this.journal.forgetProgress(id);
    } catch (error) {
      if (this.#work !== work) return;
      this.#isDirty = true;
      if (!isFinal(error)) throw error;
      this.#isStopped = true;
      if (error.code === "progress_differs" && error.facts.current) this.listeners.onConflict(work, error.facts.current);
      else this.listeners.onHoldLost(error);
    }
  }

  /** @param {unknown} error */
  #failed(error) {
    if (error instanceof LoggedOutError || error instanceof ForbiddenError) {
      const ended = error instanceof LoggedOutError && error.isOther ? "other_person" : "logged_out";
      this.#tell(error instanceof ForbiddenError ? "forbidden" : ended, error.message);
      return;
    }
    if (!(error instanceof UnreachableError) && !(error instanceof ProblemError)) throw error;
    this.#failures += 1;
    this.#tell("offline");
    this.#soon(Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.#failures));
  }
}
