// @ts-check
/** The step before the texts: a scene's boxes, judged by the keys that judge texts, and confirmed as a set. */

import { BoxDrawing, bringIntoSight } from "../viewer/box_drawing.js";
import { slot } from "../dom.js";
import { askClass } from "./box_class.js";
import { drawBoxes, heatRows } from "./box_list.js";
import {
  addMissing, beginBoxes, boxCounts, boxSet, confirmBoxes, focusedBox, foldedDrafts, followingDrafts, hasBoxStep, isJudgingBoxes, isWaitingForTexts, judgeAgain, judgedBoxes, moveFocus,
  removeMissing, sayOfBox,
} from "./box_set.js";
import { notify, say } from "./messages.js";

/** @typedef {import("./work.js").Work} Work */
/** @typedef {import("./judging.js").Judging} Judging */
/** @typedef {import("./box_set.js").JudgedBox} JudgedBox */

/** Until then nobody need be told that an answer is waited for. */
const PATIENCE_MS = 400;
/** What is said of a text, and means none that is folded away. */
const OF_A_TEXT = /^(?:accept|reject|unsure|revise|support|fix|span|tally|unmark|flag_.*)$/;
/** What in the image or of the packet goes on while boxes are judged. */
const OF_TEXTS = /^(?:unsure|revise|support|fix|span|tally|accept_all|flag_.*)$/;

export class BoxStep {
  /** @type {string | null} */
  complaint = null;
  #since = performance.now();

  /**
   * @param {Judging} judging
   * @param {{ onSend: () => void }} listeners
   */
  constructor(judging, { onSend }) {
    this.judging = judging;
    this.onSend = onSend;
    const { viewer } = judging.display;
    this.drawing = new BoxDrawing(viewer, { onChange: () => this.#drawImage(), onMoved: ([x, y, width, height]) => say(`${width} × ${height} at ${x}, ${y}`), onDrawn: (place) => void this.#drawn(place), onLeft: () => say("Nothing was drawn.") });
    judging.askFirst((id, name) => this.#press(id, name));
    judging.instead = () => this.#draw();
  }

  /** @returns {Work | null} */
  get work() {
    return this.judging.isOpen && hasBoxStep(this.judging.work) ? this.judging.work : null;
  }

  get isOpen() {
    return this.work !== null && isJudgingBoxes(this.work);
  }

  /** Before a packet's texts are shown. @param {Work} work */
  begin(work) {
    this.drawing.end();
    this.complaint = null;
    this.#since = performance.now();
    notify("boxes", null);
    if (!hasBoxStep(work)) return;
    beginBoxes(work);
    if (isWaitingForTexts(work)) this.onSend();
  }

  /** The list in place of the texts. @returns {boolean} whether it is */
  #draw() {
    const { work } = this;
    this.#drawImage();
    if (!work || !isJudgingBoxes(work)) return false;
    drawBoxes(this.judging.root, this.#scope(work));
    this.judging.display.viewer.light([focusedBox(work)?.number ?? 0]);
    return true;
  }

  /** @param {Work} work @returns {import("./box_list.js").Scope} */
  #scope(work) {
    return {
      work,
      complaint: this.complaint,
      look: (number) => this.lookAt(number),
      heat: (numbers) => this.pointed(numbers),
      right: () => this.#say("right"),
      spurious: () => this.#say("spurious"),
      wrongClass: () => void this.#chooseClass(),
      draw: () => this.#beginDrawing(),
      remove: () => this.#remove(),
    };
  }

  #drawImage() {
    const { work } = this;
    const { viewer } = this.judging.display;
    viewer.picture.judge(work ? judgedBoxes(work) : [], this.drawing.place);
    const hint = slot("tool-hint");
    if (this.drawing.isOn) {
      hint.hidden = false;
      hint.textContent = "Drag a box, or move this one by arrows and size it with Shift and arrows · ⏎ takes it · Esc leaves";
    } else if (hint.textContent.startsWith("Drag a box")) hint.hidden = true;
  }

  /** Draw anew and keep. */
  #changed() {
    this.complaint = null;
    this.judging.changed();
  }

  /** @param {number} number */
  lookAt(number) {
    const { work } = this;
    if (!work || isWaitingForTexts(work)) return;
    boxSet(work).focus = number;
    this.complaint = null;
    this.judging.redraw();
    this.#show(focusedBox(work));
  }

  /** @param {number[]} numbers */
  pointed(numbers) {
    this.judging.display.viewer.heat(numbers);
    heatRows(this.judging.root, numbers);
  }

  /** In the image, and to a screen reader. @param {JudgedBox | null} box */
  #show(box) {
    if (!box) return;
    bringIntoSight(this.judging.display.viewer, box);
    say(`Box ${box.number}, ${box.category}, ${box.said.verdict.replaceAll("_", " ")}${box.said.category && box.said.verdict === "wrong_class" ? `, ${box.said.category}` : ""}`);
  }

  /** @param {string} id @param {string} name of the key; empty of a button @returns {boolean} */
  #press(id, name) {
    const { work } = this;
    if (!work) return false;
    if (!isJudgingBoxes(work)) return this.#pressAfter(work, id);
    // Buttons of the image stand for their own tools, whose keys have other uses here.
    if ((id === "count" || id === "nudge") && !name) return false;
    if (isWaitingForTexts(work)) return !["unusable", "hand_back", "sheet"].includes(id) && this.#isOfList(id);
    /** @type {Record<string, () => void>} */
    const actions = {
      accept: () => this.#say("right"),
      reject: () => this.#say("spurious"),
      count: () => void this.#chooseClass(),
      nudge: () => this.#beginDrawing(),
      unmark: () => this.#remove(),
      undo: () => this.#undo(),
      next: () => this.#move(1),
      previous: () => this.#move(-1),
      submit: () => this.#confirm(),
    };
    if (!actions[id]) return OF_TEXTS.test(id) && (this.#complain("The boxes come first: ⏎ confirms them, then come the texts."), true);
    actions[id]();
    return true;
  }

  /** @param {string} id */
  #isOfList(id) {
    return OF_TEXTS.test(id) || ["accept", "reject", "count", "nudge", "unmark", "undo", "next", "previous", "submit"].includes(id);
  }

  /** Once they are confirmed. @param {Work} work @param {string} id */
  #pressAfter(work, id) {
    if (id === "box_set") this.#fold(work);
    else if (id === "judge_boxes") this.again();
    else if (OF_A_TEXT.test(id) && foldedDrafts(work).includes(work.focused)) {
      say("All texts follow from your boxes: Enter submits. Show them to change one.");
      this.#fold(work);
    } else return false;
    return true;
  }

  /** @param {Work} work */
  #fold(work) {
    if (!followingDrafts(work).length) return;
    boxSet(work).is_unfolded = !boxSet(work).is_unfolded;
    this.judging.changed();
  }

  again() {
    const { work } = this;
    if (!work || work.isUnusable) return;
    judgeAgain(work);
    work.forgetPast();
    this.#changed();
    this.#show(focusedBox(work));
  }

  /** @param {string} complaint */
  #complain(complaint) {
    this.complaint = complaint;
    this.judging.redraw();
    say(complaint);
  }

  /** @param {"right" | "spurious"} verdict and on to the next box */
  #say(verdict) {
    const { work } = this;
    const box = work && focusedBox(work);
    if (!work || !box) return;
    sayOfBox(work, box.number, { verdict });
    this.#goOn(work);
  }

  /** @param {Work} work */
  #goOn(work) {
    const next = moveFocus(work, 1);
    this.#changed();
    this.#show(next);
  }

  /** @param {number} step */
  #move(step) {
    const { work } = this;
    const target = work && moveFocus(work, step);
    if (!work || !target) return;
    this.complaint = null;
    this.judging.redraw();
    this.#show(target);
  }

  #undo() {
    const { work } = this;
    if (work?.undo()) this.#changed();
    else this.#complain("There is nothing to undo.");
  }

  /** Those at hand, without the box's own. @param {string} own */
  #categories(own) {
    const { work } = this;
    const boxes = work ? judgedBoxes(work) : [];
    const named = boxes.flatMap(({ category, said }) => (said.category ? [category, said.category] : [category]));
    return [...new Set([...named, ...(work?.packet.judging?.categories ?? [])])].filter((category) => category && category !== own);
  }

  async #chooseClass() {
    const { work } = this;
    const box = work && focusedBox(work);
    if (!work || !box) return;
    const category = await askClass(`Which class has box ${box.number}?`, this.#categories(box.category));
    if (!category || work !== this.work || !isJudgingBoxes(work)) return;
    sayOfBox(work, box.number, { verdict: "wrong_class", category });
    this.#goOn(work);
  }

  #beginDrawing() {
    this.complaint = null;
    this.drawing.begin();
    say("A box is drawn: arrows move it, Shift and arrows size it, Enter takes it, Escape leaves.");
  }

  /** @param {import("../viewer/box_drawing.js").Place} place */
  async #drawn(place) {
    const { work } = this;
    const category = await askClass("Which class has the missing box?", this.#categories(""));
    if (work !== this.work) return;
    if (category && work && isJudgingBoxes(work)) addMissing(work, place, category);
    else say("Nothing was drawn.");
    this.drawing.end();
    this.#changed();
  }

  #remove() {
    const { work } = this;
    const box = work && focusedBox(work);
    if (!work || !box) return;
    if (removeMissing(work, box.number)) this.#changed();
    else this.#complain("Only a box that you drew can be removed; one of the scene's is spurious.");
  }

  #confirm() {
    const { work } = this;
    if (!work) return;
    this.drawing.end();
    const ms = Math.round(performance.now() - this.#since);
    confirmBoxes(work, { ms, ...this.judging.display.viewer.looking() });
    this.judging.onChange();
    this.onSend();
    setTimeout(() => this.work === work && isWaitingForTexts(work) && this.#changed(), PATIENCE_MS);
  }

  /**
   * The server has answered.
   * @param {Work} work
   * @param {import("./box_sending.js").Told} told
   */
  answered(work, told) {
    if (work !== this.work) return;
    const isRefused = "refused" in told;
    notify("boxes", isRefused ? { title: "The boxes were not taken.", text: told.refused, tone: "error" } : null);
    this.#changed();
    if (isRefused) return;
    // The texts are of the whole scene.
    this.judging.display.viewer.sight.fit();
    const { length } = followingDrafts(work);
    const open = work.drafts.length - work.judgedCount;
    say(`Boxes confirmed: ${boxCounts(work)}. ${length} texts follow from them. ${open ? `${open} to be read. ${work.focused.title}: ${work.focused.text}` : "Enter submits."}`);
  }
}
