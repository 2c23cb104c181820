import assert from "node:assert/strict";
import test from "node:test";

import { held, moved, MOST_ZOOM, WHOLE, zoomed } from "../../static/js/quiz/place.js";
import { counted, limitsOf, tableOf } from "../../static/js/quiz/stretching.js";

test("what is under the cursor stays under it, and nothing but the picture comes into sight", () => {
  const near = zoomed({ zoom: 2, x: 0.25, y: 0.25 }, 2, 0.8, 0.4);
  assert.ok(Math.abs(near.x + 0.8 / near.zoom - (0.25 + 0.8 / 2)) < 1e-12);
  assert.ok(Math.abs(near.y + 0.4 / near.zoom - (0.25 + 0.4 / 2)) < 1e-12);
  assert.deepEqual(zoomed(near, 1 / 100, 0.1, 0.9), WHOLE);
  assert.equal(zoomed(WHOLE, 1e9).zoom, MOST_ZOOM);
  assert.deepEqual(moved(WHOLE, 0.5, -0.5), WHOLE);
  assert.deepEqual(moved({ zoom: 4, x: 0.5, y: 0.5 }, -9, 9), held({ zoom: 4, x: 0.75, y: 0 }));
});

test("contrast leaves out a share of the values that are there, and brightness bends the rest", () => {
  const values = Uint8ClampedArray.from({ length: 4 * 200 }, (_, at) => (at % 4 === 3 ? 255 : at < 400 ? 0 : 50 + (at >> 2) - 100));
  const counts = counted(values);
  assert.equal(counts[0], 0);
  assert.deepEqual(limitsOf(counts, 0), [0, 255]);
  assert.deepEqual(limitsOf(counts, 10), [60, 139]);
  const flat = counted(new Uint8ClampedArray(40).fill(77));
  assert.deepEqual(limitsOf(flat, 20), [77, 78]);
  assert.deepEqual(limitsOf(new Uint32Array(256), 5), [255, 256]);
  assert.deepEqual([...tableOf([0, 255], 1)], Array.from({ length: 256 }, (_, value) => value));
  const bright = tableOf([60, 139], 2);
  assert.deepEqual([bright[10], bright[60], bright[100], bright[139], bright[255]], [0, 0, 181, 255, 255]);
});
