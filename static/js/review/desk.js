// @ts-check
/** The way of packets over the desk: claimed, restored, judged, submitted; and what is said where that fails. */

import { slot } from "../dom.js";
import { keepOnly } from "../viewer/assets.js";
import { Answers } from "./answers.js";
import { ForbiddenError, LoggedOutError, ProblemError, reviewer, UnreachableError } from "./api.js";
import { BoxStep } from "./box_step.js";
import { Display } from "./display.js";
import { Guidelines } from "./guidelines.js";
import { isSureToHandBack, tellHoldLost, tellRefused, waysToHeld } from "./handing.js";
import { Holds } from "./holds.js";
import { Journal } from "./journal.js";
import { Judging } from "./judging.js";
import { KeySheet } from "./keysheet.js";
import { notify, say } from "./messages.js";
import { NoteDialog } from "./notes.js";
import { givenSettings, Preferences } from "./preferences.js";
import { Queue } from "./queue.js";
import { SarFirst } from "./sar_first.js";
import { Saver } from "./saving.js";
import { Session } from "./session.js";
import { Tally } from "./tally.js";
import { tellAhead, tellArrived, tellEmpty, tellFoot, tellHold, tellInstead, tellNoPacket, tellPacket } from "./telling.js";
import { restored } from "./versions.js";
import { Work } from "./work.js";

/** @typedef {import("./contract").PacketView} PacketView */

const AGAIN_MS = 5_000;
const LONGEST_FIRSTS_MS = 3_000;

export class Desk {
  /** @type {Work | null} */
  #work = null;
  answers = new Answers(this);
  #acknowledged = 0;
  /** The dataset of the review that was sent last. */
  #sentOf = "";
  #isOpening = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #again;

  /** @param {string | null} dataset @param {number} mostHeld packets in one person's hands */
  constructor(dataset, mostHeld) {
    this.journal = new Journal(reviewer);
    this.preferences = new Preferences(this.journal, givenSettings());
    this.holds = new Holds({ onTick: tellHold, onEnded: (message) => this.#holdLost(message) });
    this.queue = new Queue(dataset, this.holds, this.journal, mostHeld);
    this.display = new Display({
      onBox: (numbers, isClick) => this.#pointedAt(numbers, isClick),
      onCount: (point, reach) => this.tally.tap(point, reach),
      onKeepZoom: (keeps_zoom) => void this.preferences.change({ keeps_zoom }),
    });
    this.display.viewer.keepsZoom = this.preferences.settings.keeps_zoom ?? false;
    this.saver = new Saver(this.journal, {
      onState: (state, message) => this.session.tell(state, message),
      onConflict: (work, stored) => void this.answers.conflict(work, stored),
      onShown: (work, shown) => this.answers.shown(work, shown),
      onRevealed: (work, notice) => this.answers.revealed(work, notice),
      onBoxes: (work, told) => this.answers.boxesJudged(work, told),
      onAcknowledged: (acknowledgement) => this.#acknowledge(acknowledgement),
      onRefused: (problem) => this.#refused(problem),
      onHoldLost: (problem) => this.#holdLost(problem.message),
      onHeld: (id, expiresAt, serverTime) => this.holds.extend(id, expiresAt, serverTime),
      onNoteRefused: (problem) => notify("note", { title: "The note was not taken.", text: problem.message, tone: "error" }),
      wanted: () => ({ next: this.queue.wantsMore, have: this.queue.have, dataset }),
    });
    this.session = new Session(this.journal, () => void this.#afterLogIn());
    this.note = new NoteDialog(this.journal, () => this.saver.noted());
    this.guidelines = new Guidelines(() => !this.judging.selection.isOn);
    this.keySheet = new KeySheet(this.preferences, () => this.#work && this.judging.redraw());
    this.sarFirst = new SarFirst(this.display, () => this.saver.retry());
    this.judging = new Judging(slot("list"), {
      display: this.display,
      onChange: (isPassing) => this.changed(isPassing),
      onSubmit: () => void this.#submit(),
      onOther: (id) => this.#press(id),
    });
    this.boxStep = new BoxStep(this.judging, { onSend: () => this.saver.retry() });
    this.tally = new Tally(this.judging);
    addEventListener("pagehide", () => this.queue.releaseAhead());
    // From the back-forward cache the page would go on with what it no longer holds.
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  /** Of the open packet. */
  get work() {
    return this.#work;
  }

  /** What an earlier page did not get through goes first: until then the server would hand out the same packet. */
  async start() {
    tellRefused(this.journal, "");
    await Promise.all([this.saver.drain(), this.preferences.drain()]);
    await this.#open();
  }

  async #open() {
    clearTimeout(this.#again);
    // With a submission on its way there is nothing to ask yet: its answer brings the next packet, or leads here again.
    if (this.#isOpening || this.queue.current) return;
    if (this.journal.submissions().length) {
      tellInstead("A review waits to be sent", "It is kept in this browser and goes out as soon as the server answers.", null);
      return;
    }
    this.#isOpening = true;
    try {
      const reason = await this.queue.open();
      if (this.queue.current) this.#show(this.queue.current);
      else this.#showEmpty(reason);
    } catch (error) {
      this.#failedToOpen(error);
    } finally {
      this.#isOpening = false;
    }
  }

  /** @param {unknown} error */
  #failedToOpen(error) {
    if (error instanceof LoggedOutError) this.session.tell(error.isOther ? "other_person" : "logged_out");
    else if (error instanceof ForbiddenError) this.session.tell("forbidden", error.message);
    else if (error instanceof UnreachableError) this.#again = setTimeout(() => void this.#open(), AGAIN_MS);
    else if (!(error instanceof ProblemError)) throw error;
    const text = error instanceof UnreachableError ? `${error.message} This page tries again every few seconds.` : error.message;
    this.#clear();
    tellInstead("No packet could be fetched", text, () => void this.#open(), error instanceof ProblemError ? waysToHeld(error) : []);
  }

  /** @param {PacketView} packet */
  #show(packet) {
    const { id } = packet.assignment;
    const { body, isDirty, kept } = restored(this.journal, packet);
    const work = new Work(packet, body);
    this.#work = work;
    work.body.writer = this.answers.writer;
    this.saver.follow(work, packet.progress?.version ?? 0, isDirty);
    this.holds.watch(id);
    this.display.show(packet);
    this.sarFirst.show(work);
    this.boxStep.begin(work);
    // First, for the foot takes room from the texts, and the open one is to be seen whole.
    tellPacket(packet);
    this.judging.show(work);
    this.guidelines.show(work);
    notify("note", null);
    tellFoot(this.#work);
    void this.#fetchAhead();
    if (kept) void this.answers.choose(kept, body);
  }

  /** Keys that are about the packet as a whole, or the page. @param {string} id */
  #press(id) {
    /** @type {Record<string, () => void>} */
    const actions = {
      sheet: () => this.keySheet.show(),
      hand_back: () => void this.#handBack(),
      note: () => this.#work && this.note.show(this.#work),
      guidelines: () => this.guidelines.toggle(this.#work),
    };
    actions[id]?.();
  }

  /** The open packet is judged otherwise than before. @param {boolean} [isPassing] more of the same follows */
  changed(isPassing) {
    this.saver.changed(isPassing);
    tellFoot(this.#work);
    this.guidelines.flag(this.#work);
    const isFull = this.journal.isFull;
    notify("journal", isFull ? { title: "This browser keeps nothing.", text: "Its storage is full or switched off: only what the top says is saved survives a reload." } : null);
  }

  async #submit() {
    const work = this.#work;
    if (!work?.isComplete || this.sarFirst.takes(work)) return;
    if (work.packet.hides_findings && (await this.#hasNews(work))) return;
    this.#work = null;
    this.#sentOf = work.packet.dataset.name;
    this.queue.finish();
    this.saver.submit(work.submission(crypto.randomUUID()));
    notify("hold", null);
    await this.#goOn("Sending the review …");
  }

  /**
   * Whether something was found in judged texts that the reviewer is to see first. Without the server the review goes
   * without: what was said stands.
   * @param {Work} work
   */
  async #hasNews(work) {
    await this.saver.settleFirsts(work, LONGEST_FIRSTS_MS);
    return work !== this.#work || !work.isComplete || this.judging.openNews();
  }

  /** @param {string} meanwhile */
  async #goOn(meanwhile) {
    const next = await this.queue.advance();
    if (next) this.#show(next);
    else {
      this.#clear();
      tellInstead(meanwhile, "The next packet comes with the server's answer.", null);
    }
  }

  /** @param {import("./contract").Acknowledgement} acknowledgement */
  #acknowledge(acknowledgement) {
    this.#acknowledged += 1;
    if (acknowledgement.counted_as === "slot") tellArrived(this.#sentOf);
    notify("extra", acknowledgement.counted_as === "extra" ? { title: "Kept as an extra opinion.", text: acknowledgement.message } : null);
    if (acknowledgement.next) this.queue.take(acknowledgement.next);
    this.#afterSubmit();
  }

  /** @param {ProblemError} problem */
  #refused(problem) {
    tellRefused(this.journal, problem.message);
    this.#afterSubmit();
  }

  #afterSubmit() {
    if (this.#work) {
      tellPacket(this.#work.packet);
      void this.#fetchAhead();
    } else if (this.queue.current) this.#show(this.queue.current);
    else void this.#open();
  }

  async #handBack() {
    const work = this.#work;
    if (!work) return;
    if (!(await isSureToHandBack(work)) || work !== this.#work) return;
    try {
      await this.queue.handBack();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      notify("hand_back", { title: "Not handed back.", text: error.message, tone: "error" });
      return;
    }
    await this.#leave("Handed back.");
  }

  /** @param {string} said */
  async #leave(said) {
    if (this.#work) this.journal.forgetProgress(this.#work.packet.assignment.id);
    this.#work = null;
    notify("hold", null);
    say(said);
    if (this.queue.ahead.length) await this.#goOn(said);
    else {
      await this.queue.advance();
      await this.#open();
    }
  }

  async #fetchAhead() {
    if (this.journal.submissions().length) return;
    this.#tellAhead();
    await this.queue.fetchAhead();
    if (!this.#work && this.queue.current) this.#show(this.queue.current);
    this.#tellAhead();
    keepOnly([this.queue.current, ...this.queue.ahead].flatMap((packet) => (packet ? [packet.scene] : [])));
  }

  #tellAhead() {
    tellAhead(this.#work ? this.queue.ahead.length : 0);
  }

  /** @param {string} message */
  #holdLost(message) {
    tellHoldLost(message, () => void this.#leave(""));
  }

  async #afterLogIn() {
    notify("session", null);
    this.saver.retry();
    if (!this.#work) await this.#open();
  }

  /**
   * @param {number[]} numbers
   * @param {boolean} isClick
   */
  #pointedAt(numbers, isClick) {
    const [number] = numbers;
    if (this.boxStep.isOpen) {
      this.boxStep.pointed(numbers);
      if (isClick && number !== undefined) this.boxStep.lookAt(number);
      return;
    }
    this.judging.heat(numbers);
    if (isClick && number !== undefined && this.#work) this.judging.openBox(number);
  }

  #clear() {
    this.sarFirst.show(null);
    this.judging.show(null);
    this.display.clear();
    this.holds.watch(null);
    tellNoPacket();
  }

  /** @param {string | null} reason */
  #showEmpty(reason) {
    this.#clear();
    tellEmpty(reason === "all_taken" || reason === "not_yours" ? reason : "nothing_left", this.#acknowledged, () => void this.#open());
  }
}
