// @ts-check
/** Counting by clicks: the marks of the open draft, kept with its verdict, and their number as its answer. */

import { nearestMark } from "../viewer/tally_marks.js";
import { say } from "./messages.js";

/** @typedef {import("./judging.js").Judging} Judging */
/** @typedef {import("../pixels.js").Point} Point */

const WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const NUMBER = new RegExp(`(?<![\\p{L}\\d.,])(?:\\d+|no|none|${WORDS.join("|")})(?![\\p{L}\\d]|[.,]\\d)`, "giu");
/** As many marks as a verdict may carry. */
const MOST = 2000;

/** @param {string} word */
function valueOf(word) {
  const known = WORDS.indexOf(word.toLowerCase());
  if (known >= 0) return known;
  return /^no/i.test(word) ? 0 : Number(word);
}

/**
 * The answer with the counted number in it: in place of the one number that it names, else instead of all.
 * @param {string} answer
 * @param {number} count
 */
export function answerWith(answer, count) {
  const [found, ...others] = answer.matchAll(NUMBER);
  if (!found || others.length) return String(count);
  if (valueOf(found[0]) === count) return answer;
  return `${answer.slice(0, found.index)}${count}${answer.slice(found.index + found[0].length)}`;
}

/** @param {Point[]} marks @param {Point} point */
const withMark = (marks, [x, y]) => [...marks, /** @type {Point} */ ([Math.round(x * 10) / 10, Math.round(y * 10) / 10])];

export class Tally {
  /** @param {Judging} judging */
  constructor(judging) {
    this.judging = judging;
    judging.askFirst((id) => this.#press(id));
  }

  get marks() {
    if (!this.judging.isOpen) return [];
    const { work } = this.judging;
    return work.opinion(work.focused).marks ?? [];
  }

  /** @param {string} id @returns {boolean} whether it took the key */
  #press(id) {
    if (!this.judging.isOpen) return false;
    if (id === "tally") this.#write();
    else if (id === "unmark") this.#change(this.marks.slice(0, -1));
    else return false;
    return true;
  }

  /**
   * A click: a new mark, or off with the one that is there.
   * @param {Point} point in pixels of the scene
   * @param {number} reach
   */
  tap(point, reach) {
    const { marks } = this;
    const at = nearestMark(marks, point, reach);
    if (at < 0 && marks.length >= MOST) say(`More than ${MOST} marks are not kept.`);
    else this.#change(at < 0 ? withMark(marks, point) : marks.filter((_, place) => place !== at));
  }

  /** @param {Point[]} marks */
  #change(marks) {
    if (!this.judging.isOpen || marks.length === this.marks.length) return;
    const { work } = this.judging;
    work.remember();
    work.change(work.focused, { marks });
    this.judging.display.mark(marks);
    this.judging.onChange();
    say(`${marks.length} counted`);
  }

  #write() {
    const { work } = this.judging;
    const draft = work.focused;
    const count = this.marks.length;
    const { text, answer } = work.wording(draft);
    if (draft.question_type !== "counting" || answer === null) {
      this.judging.complain("Only the answer to a counting question takes the tally.");
      return;
    }
    const wanted = answerWith(answer, count);
    if (wanted === answer) {
      this.judging.complain(`The answer already says ${count}, as you counted.`);
      return;
    }
    work.remember();
    work.reword(draft, { text, answer: wanted }, "tally");
    this.judging.changed();
    say(`You counted ${count}: the answer is now “${wanted}”. Enter confirms it.`);
  }
}
