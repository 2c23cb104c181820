import assert from "node:assert/strict";
import test from "node:test";

import { Case } from "../../static/js/adjudication/case.js";

const side = (letter, verdict, changes = {}) => ({
  letter, verdict, reviews: 1, text: null, answer: null, flags: [], spans: [], support: "sar", tallies: [], notes: [], may_be_taken: verdict !== "unsure", ...changes,
});
const draft = (id, sides) => ({ draft_id: id, position: id, kind: "concise_caption", text: `Text ${id}.`, answer: null, sides, support: "sar", seen: `s${id}`, findings: [], notes: [] });
const view = (changes = {}) => ({
  packet_id: 7, scene_sides: [],
  drafts: [draft(1, [side("A", "accept"), side("B", "revise", { text: "Anew.", flags: ["count"] })]), draft(2, [side("A", "unsure"), side("B", "reject")])],
  ...changes,
});

test("a side is taken with its flags, unless others were chosen by hand", () => {
  const found = new Case(view());
  assert.equal(found.take("B"), null);
  assert.deepEqual(found.making(found.focused).flags, ["count"]);
  found.take("A");
  assert.deepEqual(found.making(found.focused).flags, []);
  found.toggleFlag("vague");
  found.take("B");
  assert.deepEqual(found.making(found.focused).flags, ["vague"]);
  const { decisions } = found.submit("id");
  assert.deepEqual(decisions, [{ draft_id: 1, choice: "side", side: "B", text: null, answer: null, support: null, flags: ["vague"], note: null, comments: [], seen: "s1" }]);
  assert.equal(found.stateOf(found.focused), "sending");
  assert.equal(found.openNext(), true);
  assert.match(found.take("A") ?? "", /unsure/);
  assert.match(found.take("C") ?? "", /no side C/);
});

test("one's own text starts from the side that was taken, and is none until it differs", () => {
  const found = new Case(view());
  found.write();
  assert.equal(found.making(found.focused).text, "Anew.", "the first that has a wording");
  assert.equal(found.undo(), true);
  found.take("A");
  found.write();
  assert.equal(found.making(found.focused).text, "Text 1.");
  assert.match(found.complaint ?? "", /draft's own/);
  found.change({ text: " " }, false);
  assert.match(found.complaint ?? "", /empty/);
  found.change({ text: "Mine.", comment: { to: "A", text: " Look. " }, note: " why " }, false);
  assert.equal(found.complaint, null);
  const [sent] = found.submit("id").decisions;
  assert.deepEqual([sent.choice, sent.side, sent.text, sent.note, sent.comments], ["written", null, "Mine.", "why", [{ to: "A", text: "Look." }]]);
});

test("undo goes back step by step, and not over what was typed before it", () => {
  const found = new Case(view());
  found.take("A");
  found.toggleFlag("other");
  found.undo();
  assert.deepEqual(found.making(found.focused).flags, []);
  found.undo();
  assert.equal(found.making(found.focused).choice, null);
  assert.equal(found.undo(), false);
});

test("where the scene differs it is decided first, and unusable rejects all at once", () => {
  const found = new Case(view({ scene_sides: [{ letter: "A", reviews: 1, verdict: "unusable", reason: "artefact" }] }));
  assert.match(found.complaint ?? "", /scene first/);
  found.isUsable = true;
  assert.match(found.complaint ?? "", /Nothing is chosen/);
  found.isUsable = false;
  const sent = found.submitScene("id", "no_data");
  assert.deepEqual([sent.scene?.reason, sent.decisions], ["no_data", []]);
  assert.equal(found.draftsOf(sent).length, 2);
  assert.equal(found.openNext(), false);
});

test("what was kept in the browser is there again", () => {
  const before = new Case(view());
  before.take("B");
  const sent = before.submit("id");
  before.openNext();
  before.change({ note: "Hm." });
  const again = new Case(view(), before.kept([sent]));
  assert.equal(again.focused.draft_id, 2);
  assert.equal(again.making(again.drafts[0]).side, "B", "also of what is on its way: it may be refused");
  assert.equal(again.making(again.focused).note, "Hm.");
  assert.equal(again.stateOf(again.drafts[0]), "sending");
});
