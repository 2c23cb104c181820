import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { toPoints, toUnits } from "../../static/js/spans.js";

const fixtures = JSON.parse(readFileSync(new URL("../fixtures/spans.json", import.meta.url), "utf-8"));

test("code points become UTF-16 units and back", () => {
  for (const { text, start, end, part, units } of fixtures.spans) {
    assert.deepEqual([toUnits(text, start), toUnits(text, end)], units, text);
    assert.deepEqual([toPoints(text, units[0]), toPoints(text, units[1])], [start, end], text);
    assert.equal(text.slice(toUnits(text, start), toUnits(text, end)), part);
  }
});

test("offsets past the end stay at the end", () => {
  assert.equal(toUnits("🚢a", 9), 3);
  assert.equal(toPoints("🚢a", 9), 2);
});
