import assert from "node:assert/strict";
import test from "node:test";

import { dropFirst, look, newsOf, takeShown, waitingFirsts } from "../../static/js/review/firsts.js";
import { Work } from "../../static/js/review/work.js";

const draft = (id, changes = {}) => ({
  draft_id: id, position: id, kind: "concise_caption", question_type: null, title: "Concise caption", text: `A 🚢 green ship ${id}.`, answer: null,
  drafter: "d", box_numbers: [], hides_findings: true, findings: [], ...changes,
});
const packet = () => ({
  assignment: { id: "a", packet_id: 7 }, dataset: {}, scene: { assets: {} }, boxes: [], drafts: [1, 2, 3].map((id) => draft(id)), hides_findings: true, progress: null,
});
const GREEN = { rule: "colour.word", family: "colour", severity: "error", field: "text", start: 4, end: 9, message: "m", suggestion: null };
const shown = (...ids) => ids.map((draft_id) => ({ draft_id, findings: [GREEN] }));

test("the first verdict is kept as it was given, through changes, undo and a reload", () => {
  const work = new Work(packet());
  const [first, second] = work.drafts;
  work.toggleFlag(first, "colour");
  work.judge(first, "reject");
  work.judge(first, "accept");
  work.reword(second, { text: "A ship.", answer: null });
  assert.deepEqual(waitingFirsts(work), [{ draft_id: 1, verdict: "reject", flags: ["colour"] }], "a wording that is not confirmed is no verdict");
  while (work.undo());
  const again = new Work(packet(), JSON.parse(JSON.stringify(work.body)));
  assert.deepEqual(waitingFirsts(again), [{ draft_id: 1, verdict: "reject", flags: ["colour"] }]);
});

test("a verdict of which nothing was kept first is one all the same, for nothing was shown", () => {
  const body = { focus: 1, scene: { verdict: "usable", reason: null }, verdicts: { 2: { verdict: "unsure", pending: false, flags: ["vague"] } } };
  assert.deepEqual(waitingFirsts(new Work(packet(), body)), [{ draft_id: 2, verdict: "unsure", flags: ["vague"] }]);
});

test("what is shown, or will never be taken, waits no more", () => {
  const work = new Work(packet());
  work.drafts.forEach((each) => work.judge(each, "accept"));
  takeShown(work, shown(1, 99));
  dropFirst(work, waitingFirsts(work)[0]);
  assert.deepEqual(waitingFirsts(work).map((first) => first.draft_id), [3]);
  assert.deepEqual(work.drafts.map((each) => [each.hides_findings, each.findings.length]), [[false, 1], [true, 0], [true, 0]]);
});

test("a text is looked at once, and not at all where the verdict leaves nothing found", () => {
  const work = new Work(packet());
  const [first, second, third] = work.drafts;
  work.judge(first, "accept");
  work.judge(second, "reject");
  work.reword(third, { text: "A 🚢 ship 3.", answer: null });
  work.confirm(third);
  look(work, first);
  assert.equal(work.body.seen, undefined, "what is hidden cannot be looked at");
  takeShown(work, shown(1, 2, 3));
  assert.deepEqual(newsOf(work), [first]);
  look(work, first);
  assert.deepEqual(newsOf(work), []);
  work.reword(third, { text: "A green 🚢.", answer: null });
  work.confirm(third);
  assert.deepEqual(newsOf(work), [third], "the word is back");
});

test("packets that hide nothing bring no news", () => {
  const open = { ...packet(), hides_findings: false, drafts: [draft(1, { hides_findings: false, findings: [GREEN] })] };
  const work = new Work(open);
  work.judge(work.drafts[0], "accept");
  assert.deepEqual([newsOf(work), waitingFirsts(work), work.body.firsts], [[], [], undefined]);
});
