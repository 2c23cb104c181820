import assert from "node:assert/strict";
import test from "node:test";

import { findingMarks, segmentsOf } from "../../static/js/review/marks.js";

test("overlapping spans are cut where one begins or ends, and no letter is lost", () => {
  const text = "A green river bank";
  const marks = [
    { start: 2, end: 13, kind: "flagged" },
    { start: 8, end: 18, kind: "finding", family: "vague" },
    { start: 2, end: 7, kind: "finding", family: "colour" },
  ];
  const segments = segmentsOf(text, marks);
  assert.equal(segments.map((segment) => segment.text).join(""), text);
  assert.deepEqual(segments.map(({ text: part, marks: covering }) => [part, covering.length]), [
    ["A ", 0], ["green", 2], [" ", 1], ["river", 2], [" bank", 1],
  ]);
  assert.deepEqual(segments[1].ends.map((mark) => mark.family), ["colour"]);
});

test("spans outside the text mark nothing", () => {
  assert.deepEqual(segmentsOf("ship", [{ start: 9, end: 12, kind: "finding" }]).map((segment) => segment.marks.length), [0]);
  assert.equal(segmentsOf("ship", [{ start: 2, end: 99, kind: "finding" }]).at(-1).text, "ip");
});

test("findings count code points, marks count UTF-16 units", () => {
  const [mark] = findingMarks("🚢 green quay", [{ start: 2, end: 7, family: "colour", message: "" }]);
  assert.equal("🚢 green quay".slice(mark.start, mark.end), "green");
});
