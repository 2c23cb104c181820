// @ts-check
/** Words picked out of the open draft, by mouse or word by word with the arrow keys, to be flagged. */

import { toPoints } from "../spans.js";
import { snapToWords, wordsOf } from "./words.js";

/** @typedef {import("./contract").Field} Field */
/** @typedef {{ field: Field, text: string }} Part */

export class WordSelection {
  /** @type {Part[]} */
  #parts = [];
  #part = 0;
  #anchor = 0;
  #head = 0;
  isOn = false;

  /** Word by word from the first word on. @param {Part[]} parts the draft's texts */
  begin(parts) {
    this.#parts = parts.filter((part) => wordsOf(part.text).length > 0);
    [this.#part, this.#anchor, this.#head] = [0, 0, 0];
    this.isOn = this.#parts.length > 0;
  }

  /**
   * What the mouse selected, widened to whole words.
   * @param {Part[]} parts
   * @param {Field} field
   * @param {number} start
   * @param {number} end
   */
  take(parts, field, start, end) {
    const part = parts.find((one) => one.field === field);
    const whole = part && snapToWords(part.text, start, end);
    if (!part || !whole) return;
    this.begin(parts);
    this.#part = this.#parts.indexOf(part);
    const words = wordsOf(part.text);
    this.#anchor = words.findIndex((word) => word.start === whole.start);
    this.#head = words.findIndex((word) => word.end === whole.end);
  }

  end() {
    this.isOn = false;
  }

  /**
   * @param {number} step
   * @param {boolean} isWidened
   */
  move(step, isWidened) {
    const words = wordsOf(this.#parts[this.#part]?.text ?? "");
    const next = this.#head + step;
    if (!isWidened && (next < 0 || next >= words.length)) {
      this.#movePart(step);
      return;
    }
    this.#head = Math.min(words.length - 1, Math.max(0, next));
    if (!isWidened) this.#anchor = this.#head;
  }

  /** From the question on to its answer, and back. @param {number} step */
  #movePart(step) {
    const part = this.#parts[this.#part + step];
    if (!part) return;
    this.#part += step;
    this.#head = step > 0 ? 0 : wordsOf(part.text).length - 1;
    this.#anchor = this.#head;
  }

  /** @returns {{ field: Field, text: string, start: number, end: number } | null} in UTF-16 units */
  get range() {
    const part = this.#parts[this.#part];
    if (!this.isOn || !part) return null;
    const words = wordsOf(part.text);
    const [first, last] = [words[Math.min(this.#anchor, this.#head)], words[Math.max(this.#anchor, this.#head)]];
    return first && last ? { field: part.field, text: part.text.slice(first.start, last.end), start: first.start, end: last.end } : null;
  }

  /**
   * @param {string} flag
   * @returns {import("./contract").FlagSpan | null} in code points
   */
  span(flag) {
    const { range } = this;
    const text = this.#parts[this.#part]?.text;
    return range && text !== undefined ? { flag, field: range.field, start: toPoints(text, range.start), end: toPoints(text, range.end) } : null;
  }
}
