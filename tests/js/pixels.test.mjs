// Run by `node --test tests/js`; tests/test_shared_fixtures.py holds Python to the same fixtures.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { extentOf, flip, mapShift, pixelAt } from "../../static/js/pixels.js";

const fixtures = JSON.parse(readFileSync(new URL("../fixtures/pixel_coordinates.json", import.meta.url), "utf-8"));

test("a pixel coordinate and its map coordinate convert both ways", () => {
  for (const { rows, pixel, map } of fixtures.points) {
    assert.deepEqual(flip(pixel, rows), map);
    assert.deepEqual(flip(map, rows), pixel);
  }
});

test("a box edge is a pixel edge", () => {
  for (const { rows, box, extent } of fixtures.boxes) {
    const [x_min, y_min, width, height] = box;
    assert.deepEqual(extentOf({ x_min, y_min, width, height }, rows), extent);
  }
});

test("a map coordinate falls into one pixel, or outside", () => {
  for (const { rows, cols, map, index } of fixtures.indices) {
    const found = pixelAt(map, rows, cols);
    assert.deepEqual(found && [found.row, found.col], index);
  }
});

test("an offset downwards and to the right moves a pixel to where its map coordinate moves", () => {
  const rows = 100;
  const [down, right] = [3.5, -2];
  const [x, y] = mapShift([down, right]);
  const [mapX, mapY] = flip([10, 20], rows);
  assert.deepEqual(flip([mapX + x, mapY + y], rows), [10 + right, 20 + down]);
  assert.deepEqual(mapShift([0, 0]), [0, 0]);
});
