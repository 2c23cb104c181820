import assert from "node:assert/strict";
import test from "node:test";

import { storable, Work } from "../../static/js/review/work.js";

const draft = (id, changes = {}) => ({
  draft_id: id, position: id, kind: "concise_caption", question_type: null, title: "Concise caption", text: `Text ${id}.`, answer: null,
  drafter: "d", box_numbers: [], findings: [], ...changes,
});
const packet = (drafts = [draft(1), draft(2), draft(3)], changes = {}) => ({
  assignment: { id: "a", packet_id: 7 }, dataset: {}, scene: { assets: {} }, boxes: [], drafts, progress: null, ...changes,
});
const [first, second, third] = packet().drafts;

test("a new packet opens at its first draft, a resumed one where it was left", () => {
  assert.equal(new Work(packet()).focused.draft_id, 1);
  const resumed = new Work(packet(), { focus: 3, scene: { verdict: "usable", reason: null }, verdicts: {} });
  assert.equal(resumed.focused.draft_id, 3);
});

test("the submission has one verdict a draft and nothing of the making", () => {
  const work = new Work(packet());
  work.judge(first, "accept");
  work.judge(second, "unsure");
  work.reword(third, { text: " Anew. ", answer: null });
  assert.equal(work.isComplete, false, "a wording that is not confirmed is no verdict");
  assert.equal(work.confirm(third), null);
  assert.equal(work.isComplete, true);
  const { verdicts, ...rest } = work.submission("s");
  assert.deepEqual(rest, { submission_id: "s", assignment_id: "a", packet_id: 7, scene: { verdict: "usable", reason: null } });
  assert.deepEqual(verdicts.map((said) => [said.draft_id, said.verdict, said.revised_text]), [[1, "accept", null], [2, "unsure", null], [3, "revise", "Anew."]]);
  assert.ok(verdicts.every((said) => !("pending" in said)));
});

test("of an unusable scene no verdict is sent", () => {
  const work = new Work(packet());
  work.judge(first, "accept");
  work.setUnusable("artefact");
  assert.equal(work.isComplete, true);
  assert.deepEqual(work.submission("s").verdicts, []);
});

test("a revision must change something and must not be empty", () => {
  const work = new Work(packet());
  work.reword(first, { text: "Text \n 1.", answer: null });
  assert.match(work.confirm(first), /still the draft's own/);
  work.reword(first, { text: "  ", answer: null });
  assert.match(work.confirm(first), /empty/);
});

test("an answer alone can be revised", () => {
  const question = draft(1, { kind: "question", text: "How many?", answer: "2" });
  const work = new Work(packet([question]));
  work.reword(question, { text: "How many?", answer: "3" });
  assert.equal(work.confirm(question), null);
  assert.equal(work.submission("s").verdicts[0].revised_answer, "3");
});

test("accepting takes flags back, and flagging takes the acceptance back", () => {
  const work = new Work(packet());
  work.toggleFlag(first, "colour");
  work.judge(first, "accept");
  assert.deepEqual(work.opinion(first).flags, []);
  work.toggleFlag(first, "count");
  assert.equal(work.isJudged(first), false);
});

test("a flag that is taken back takes its words along", () => {
  const work = new Work(packet());
  work.addSpan(first, { flag: "vague", field: "text", start: 0, end: 4 });
  assert.deepEqual(work.opinion(first).flags, ["vague"]);
  work.toggleFlag(first, "vague");
  assert.deepEqual(work.opinion(first).spans, []);
});

test("undo goes back step by step to the beginning", () => {
  const work = new Work(packet());
  const before = structuredClone(work.body);
  work.judge(first, "accept");
  work.toggleFlag(second, "colour");
  work.setUnusable("no_data");
  assert.deepEqual([work.undo(), work.undo(), work.undo(), work.undo()], [true, true, true, false]);
  assert.deepEqual(work.body, before);
});

test("what the database cannot store is left out of a wording", () => {
  assert.equal(storable("a\0b\ud800c🚢\udc00"), "abc🚢");
});
