import assert from "node:assert/strict";
import test from "node:test";

import { differences, piecesOf, snapToWords, wordsOf } from "../../static/js/review/words.js";

const told = (before, after) => differences(before, after).map(({ kind, text }) => `${kind}:${text}`);

test("a word that was dropped is told as gone", () => {
  assert.deepEqual(told("A green river bank", "A river bank"), ["same:A ", "gone:green ", "same:river bank"]);
});

test("a word in place of another is told as gone, then new", () => {
  assert.deepEqual(told("with several ball fields", "with four ball fields"), ["same:with ", "gone:several", "new:four", "same: ball fields"]);
});

test("neighbouring changes are told together", () => {
  assert.deepEqual(told("two boats leave", "a ship leaves"), ["gone:two boats leave", "new:a ship leaves"]);
});

test("both wordings can be put together again from their differences", () => {
  const texts = ["", "A", "A green river bank with several fields.", "港に船が三隻あります。", "هناك ثلاث سفن 🚢🚢 here", "a  b\tc", "b a b a"];
  for (const before of texts) {
    for (const after of texts) {
      const changes = differences(before, after);
      const without = (kind) => changes.filter((change) => change.kind !== kind).map((change) => change.text).join("");
      assert.equal(without("new"), before);
      assert.equal(without("gone"), after);
    }
  }
});

test("words are found in any script, and pieces lose nothing", () => {
  const text = "港に船が三隻 هناك سفن, don't 🚢";
  assert.equal(piecesOf(text).map((piece) => piece.text).join(""), text);
  assert.ok(wordsOf(text).some((word) => word.text === "سفن"));
  assert.ok(wordsOf(text).every((word) => !/^[\s,]+$/.test(word.text)));
});

test("a selection is widened to whole words", () => {
  const text = "A green river bank";
  assert.deepEqual(snapToWords(text, 4, 9), { start: 2, end: 13 });
  assert.deepEqual(snapToWords(text, 2, 7), { start: 2, end: 7 });
  assert.equal(snapToWords(text, 1, 2), null);
});
