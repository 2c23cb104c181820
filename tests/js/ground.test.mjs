import assert from "node:assert/strict";
import test from "node:test";

import { bearingUp, lonlatAt, lonlatText } from "../../static/js/ground.js";
import { scaleOf } from "../../static/js/viewer/overlays.js";

const northUp = [[10, 51], [11, 51], [11, 50], [10, 50]];

test("the corners are the corners, and the middle is between them", () => {
  assert.deepEqual(lonlatAt(northUp, [0, 0], 100, 200), [10, 51]);
  assert.deepEqual(lonlatAt(northUp, [200, 100], 100, 200), [11, 50]);
  assert.deepEqual(lonlatAt(northUp, [100, 50], 100, 200), [10.5, 50.5]);
});

test("the bearing of the way up the screen is told from the corners", () => {
  assert.equal(bearingUp(northUp), 0);
  assert.equal(Math.round(bearingUp([[0, 0], [0, 1], [-1, 1], [-1, 0]])), 90);
  assert.equal(Math.round(bearingUp([[11, 50], [10, 50], [10, 51], [11, 51]])), 180);
});

test("south and west are said", () => {
  assert.equal(lonlatText([-1.5, -33.25]), "33.25000° S 1.50000° W");
});

test("a scale bar is 1, 2 or 5 times a power of ten and fits", () => {
  for (const metresPerPx of [0.003, 0.25, 0.7, 3, 10, 47, 1234]) {
    const { metres, px } = scaleOf(metresPerPx);
    assert.ok([1, 2, 5].some((step) => Math.abs(Math.log10(metres / step) - Math.round(Math.log10(metres / step))) < 1e-9));
    assert.ok(px <= 120 && px > 45, `${metresPerPx}: ${px}`);
  }
});
