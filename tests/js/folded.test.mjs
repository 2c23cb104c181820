import assert from "node:assert/strict";
import { test } from "node:test";

import { folded } from "../../static/js/review/focused.js";

/** @param {string} message @param {number} start */
const finding = (message, start, rule = "colour.hue") => ({ rule, field: "text", message, start });

test("findings that say the same of several places are one line, in the order of the first", () => {
  const findings = [finding("green", 2), finding("red", 9), finding("green", 20), finding("green", 30, "colour.tone")];
  assert.deepEqual(folded(findings).map((alike) => alike.map(({ start }) => start)), [[2, 20], [9], [30]]);
});

test("without findings there is no line", () => assert.deepEqual(folded([]), []));
