import assert from "node:assert/strict";
import test from "node:test";

import { findingMarks, segmentsOf } from "../../static/js/review/marks.js";
import { gravestFirst } from "../../static/js/review/severity.js";

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

test("where findings overlap the gravest is seen", () => {
  const findings = [
    { start: 0, end: 9, family: "fragile", severity: "info", message: "" },
    { start: 0, end: 3, family: "vague", severity: "warning", message: "" },
    { start: 0, end: 3, family: "count", severity: "error", message: "" },
  ];
  const [first] = segmentsOf("two ships", findingMarks("two ships", findings));
  assert.equal(first.marks.find((mark) => mark.kind === "finding").family, "count");
});

test("errors come first and those of one severity in the order of the text", () => {
  const listed = [["info", 1], ["warning", 2], ["error", 5], ["warning", 7], ["error", 9]].map(([severity, start]) => ({ severity, start }));
  assert.deepEqual(gravestFirst(listed).map(({ start }) => start), [5, 9, 2, 7, 1]);
  assert.deepEqual(listed.map(({ start }) => start), [1, 2, 5, 7, 9]);
});
