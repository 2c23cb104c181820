import assert from "node:assert/strict";
import test, { mock } from "node:test";

// What the browser has and Node has not; the server is played by `answer`.
globalThis.document = { querySelector: () => null };
globalThis.HTMLMetaElement = globalThis.HTMLElement = class {};
globalThis.addEventListener = () => {};
const requests = [];
globalThis.fetch = (path, { body }) => new Promise((resolve) => requests.push({ path, body: JSON.parse(body), resolve }));

const { Journal } = await import("../../static/js/review/journal.js");
const { Saver } = await import("../../static/js/review/saving.js");
const { Work } = await import("../../static/js/review/work.js");

const settled = () => new Promise((resolve) => setImmediate(resolve));
const draft = (id) => ({ draft_id: id, position: id, kind: "concise_caption", question_type: null, title: "Concise caption", text: `Ship ${id}.`, answer: null, drafter: "d", box_numbers: [], hides_findings: false, findings: [] });
const packet = () => ({ assignment: { id: "a", packet_id: 7 }, dataset: {}, scene: { assets: {} }, boxes: [], drafts: [1, 2, 3].map(draft), hides_findings: false, progress: null });

function storage() {
  const kept = new Map();
  return { get length() { return kept.size; }, key: (at) => [...kept.keys()][at] ?? null, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
}

function begun() {
  requests.length = 0;
  const states = [];
  const heard = new Proxy({ onState: (state) => states.push(state), onHeld() {} }, { get: (known, name) => known[name] ?? (() => {}) });
  const journal = new Journal("r", storage());
  const saver = new Saver(journal, heard);
  const work = new Work(packet());
  saver.follow(work, 0, false);
  return { saver, work, journal, states };
}

async function answer(status = 200, said = {}) {
  const { resolve, body } = requests.at(-1);
  resolve({ ok: status < 400, status, json: async () => ({ version: body.version + 1, saved_at: "", expires_at: "", ...said }) });
  await settled();
}

const judged = ({ body }) => Object.keys(body.body.verdicts).map(Number);

test("a verdict leaves at once, and those that are given meanwhile follow together", async () => {
  const { saver, work, journal, states } = begun();
  for (const each of work.drafts) {
    work.judge(each, "accept");
    saver.changed();
  }
  assert.deepEqual(requests.map(judged), [[1]], "nothing is waited for, and only one request is on its way");
  assert.deepEqual(Object.keys(journal.progress("a").body.verdicts).length, 3, "the journal has all of them");
  await answer();
  assert.deepEqual(requests.map(judged), [[1], [1, 2, 3]]);
  assert.deepEqual(requests.map(({ body }) => body.version), [0, 1]);
  assert.equal(states.at(-1), "saving");
  await answer();
  assert.equal(requests.length, 2);
  assert.equal(states.at(-1), "saved");
  assert.equal(journal.progress("a"), null);
});

test("letters wait until they pause, but never hold up a verdict, nor are they called saved before they are", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { saver, work, states } = begun();
  work.judge(work.drafts[0], "reject");
  saver.changed();
  work.reword(work.drafts[1], { text: "Shi", answer: null });
  saver.changed(true);
  await answer();
  assert.equal(requests.length, 1);
  assert.equal(states.at(-1), "saving");
  mock.timers.tick(400);
  work.reword(work.drafts[1], { text: "Ships", answer: null });
  saver.changed(true);
  mock.timers.tick(400);
  assert.equal(requests.length, 1);
  mock.timers.tick(200);
  assert.equal(requests.at(-1).body.body.verdicts[2].revised_text, "Ships");
  await answer();
  assert.equal(states.at(-1), "saved");
  // A verdict takes along what was typed, and what is typed after it is on its way waits again.
  work.reword(work.drafts[1], { text: "Ships.", answer: null });
  saver.changed(true);
  work.judge(work.drafts[2], "unsure");
  saver.changed();
  assert.equal(requests.length, 3);
  assert.equal(requests.at(-1).body.body.verdicts[2].revised_text, "Ships.");
  await answer();
  mock.timers.tick(60_000);
  assert.equal(requests.length, 3);
  mock.timers.reset();
});

test("with nobody to answer keys make no requests of their own, and a conflict stops all until it is settled", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { saver, work, states } = begun();
  work.judge(work.drafts[0], "accept");
  saver.changed();
  await answer(503);
  assert.equal(states.at(-1), "offline");
  work.judge(work.drafts[1], "accept");
  saver.changed();
  assert.equal(requests.length, 1);
  mock.timers.tick(600);
  assert.deepEqual(judged(requests.at(-1)), [1, 2]);
  await answer(409, { code: "progress_differs", current: { version: 5, body: {} } });
  work.judge(work.drafts[2], "accept");
  saver.changed();
  mock.timers.tick(60_000);
  assert.equal(requests.length, 2);
  saver.overwrite({ version: 5, body: {} });
  await settled();
  assert.equal(requests.at(-1).body.version, 5);
  assert.deepEqual(judged(requests.at(-1)), [1, 2, 3]);
  await answer();
  mock.timers.reset();
});
