import assert from "node:assert/strict";
import { test } from "node:test";

import { addMissing, beginBoxes, boxCounts, boxSet, confirmBoxes, focusedBox, foldedDrafts, isJudgingBoxes, judgeAgain, judgedBoxes, moveFocus, removeMissing, sayOfBox, shownDrafts, takeOutcomes, tellAheadOfBoxes, waitingBoxes } from "../../static/js/review/box_set.js";
import { Work } from "../../static/js/review/work.js";

const box = (number, category) => ({ number, id: `b${number}`, category, x_min: 0, y_min: 0, width: 9, height: 9, is_cut: false });
const draft = (draft_id) => ({ draft_id, position: draft_id, kind: "question", question_type: "counting", title: "", text: "?", answer: "1", drafter: "", box_numbers: [], hides_findings: false, findings: [] });
const judging = { revision: 0, verdicts: [], is_judged: false, texts: [], categories: [] };

function begun(changes = {}) {
  const packet = { assignment: { id: "a", packet_id: 1 }, dataset: { name: "d" }, scene: { name: "s" }, boxes: [box(1, "ship"), box(2, "tank")], drafts: [draft(1), draft(2), draft(3)], hides_findings: false, optical_hidden: false, progress: null, judging: { ...judging, ...changes } };
  const work = new Work(packet);
  beginBoxes(work);
  return work;
}

const outcome = (draft_id, told, is_sampled = false) => ({ draft_id, outcome: told, answer: null, is_sampled, flag: "count" });

test("what is not said is right, and everything can be undone", () => {
  const work = begun();
  assert.equal(boxCounts(work), "2 right");
  sayOfBox(work, 1, { verdict: "spurious" });
  sayOfBox(work, 2, { verdict: "wrong_class", category: "ship" });
  addMissing(work, [1, 2, 3, 4], "car");
  assert.equal(boxCounts(work), "0 right, 1 wrong class, 1 spurious, 1 missing");
  assert.equal(focusedBox(work).number, 3);
  assert.equal(removeMissing(work, 2), false);
  assert.equal(removeMissing(work, 3), true);
  work.undo();
  assert.deepEqual(judgedBoxes(work).at(-1).said, { verdict: "missing", category: "car", box: [1, 2, 3, 4] });
  sayOfBox(work, 2, { verdict: "wrong_class", category: "tank" });
  assert.equal(judgedBoxes(work)[1].said.verdict, "right", "its own class is no wrong one");
  assert.equal(moveFocus(work, 5).number, 3);
  assert.equal(moveFocus(work, -5).number, 1);
});

test("the set is sent once it is confirmed, and gives the texts their verdicts", () => {
  const work = begun();
  assert.equal(waitingBoxes(work), null);
  assert.equal(work.isComplete, false);
  confirmBoxes(work, { ms: 5, limits: [0, 1], zoom: 1, panel: "sar" });
  const sent = waitingBoxes(work);
  assert.deepEqual(sent.verdicts, [{ number: 1, verdict: "right" }, { number: 2, verdict: "right" }]);
  assert.equal(new Work(work.packet, structuredClone(work.body)).body.boxes.submission_id, sent.submission_id, "the same after a reload");
  takeOutcomes(work, { revision: 1, texts: [outcome(1, "same"), outcome(2, "changed"), outcome(3, "same", true), outcome(9, "gone")] });
  assert.equal(isJudgingBoxes(work), false);
  assert.deepEqual(foldedDrafts(work).map((each) => each.draft_id), [1, 2]);
  assert.deepEqual(shownDrafts(work), [work.focused]);
  assert.deepEqual([work.opinion(work.drafts[1]).verdict, work.opinion(work.drafts[1]).flags], ["reject", ["count"]]);
  assert.equal(work.undo(), false, "a confirmed set is not undone");
  // A text that was judged by itself stays as it was judged; what follows is given anew.
  work.judge(work.drafts[0], "unsure");
  judgeAgain(work);
  takeOutcomes(work, { revision: 2, texts: [outcome(1, "gone"), outcome(2, "same"), outcome(3, "same", true)] });
  assert.deepEqual(work.drafts.map((each) => work.opinion(each).verdict), ["unsure", "accept", null]);
});

test("a packet begins with the set that was confirmed before", () => {
  const verdicts = [{ number: 1, verdict: "spurious", category: null, box: null }, { number: 2, verdict: "right", category: null, box: null }, { number: 3, verdict: "missing", category: "car", box: [1, 1, 2, 2] }];
  const again = begun({ revision: 1, verdicts });
  assert.equal(boxCounts(again), "1 right, 1 spurious, 1 missing");
  assert.equal(isJudgingBoxes(again), true);
  const derived = begun({ revision: 1, verdicts, is_judged: true, texts: [outcome(1, "same")] });
  assert.equal(isJudgingBoxes(derived), false);
  assert.equal(derived.opinion(derived.drafts[0]).origin, "box_set");
  const ahead = begun().packet;
  tellAheadOfBoxes(derived, ahead, { box_review_id: 1, revision: 2, texts: [outcome(2, "gone"), outcome(7, "same")] });
  assert.deepEqual([ahead.judging.is_judged, ahead.judging.texts.length, ahead.judging.verdicts[0].verdict], [true, 1, "spurious"]);
  assert.equal(boxSet(begun()).texts, null);
});
