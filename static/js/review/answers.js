// @ts-check
/** What the server's answers change of the open packet: each is for one piece of work, which may not be the open one any more. */

import { tellAheadOfBoxes } from "./box_set.js";
import { takeShown } from "./firsts.js";
import { tellFoot } from "./telling.js";
import { askWhich } from "./versions.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./work.js").Work} Work */
/** @typedef {import("./contract").ProgressBody} ProgressBody */

export class Answers {
  /** Of this page: what it wrote itself is no conflict. */
  writer = crypto.randomUUID();

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
  }

  /**
   * The journal and the server have different work.
   * @param {ProgressBody} kept
   * @param {ProgressBody | null} stored
   */
  async choose(kept, stored) {
    const { work } = this.desk;
    const choice = await askWhich(kept, stored);
    if (choice !== "mine" || work !== this.desk.work || !work) return;
    work.body = { ...kept, writer: this.writer };
    this.desk.judging.show(work);
    this.desk.changed();
  }

  /**
   * Another tab or browser has saved meanwhile.
   * @param {Work} work
   * @param {import("./saving.js").Stored} stored
   */
  async conflict(work, stored) {
    const { desk } = this;
    const isOurs = stored.body.writer === this.writer;
    const choice = isOurs ? "mine" : await askWhich(work.body, stored.body);
    if (work !== desk.work) return;
    if (choice === "theirs") {
      work.body = { ...stored.body, writer: this.writer };
      desk.journal.forgetProgress(work.packet.assignment.id);
      desk.saver.follow(work, stored.version, false);
      desk.judging.show(work);
      tellFoot(work);
    } else desk.saver.overwrite(stored);
  }

  /**
   * Findings, after a first verdict.
   * @param {Work} work
   * @param {import("./contract").DraftFindings[]} shown
   */
  shown(work, shown) {
    takeShown(work, shown);
    if (work !== this.desk.work) return;
    this.desk.judging.shown();
    tellFoot(work);
  }

  /**
   * The optical image, after verdicts without it.
   * @param {Work} work
   * @param {import("./sar_first.js").Notice} notice
   */
  revealed(work, notice) {
    const { sarFirst, judging } = this.desk;
    if (work !== this.desk.work) return;
    sarFirst.shown(work, notice);
    const [first] = work.drafts;
    if (first && !work.packet.optical_hidden) judging.open(first.draft_id);
    tellFoot(work);
  }

  /**
   * What follows from judged boxes.
   * @param {Work} work
   * @param {import("./box_sending.js").Told} told
   */
  boxesJudged(work, told) {
    if (!("refused" in told)) for (const ahead of this.desk.queue.ahead) tellAheadOfBoxes(work, ahead, told);
    if (work !== this.desk.work) return;
    this.desk.boxStep.answered(work, told);
    tellFoot(work);
  }
}
