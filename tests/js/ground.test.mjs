import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { bearingUp, groundAt, lonlatAt, lonlatText } from "../../static/js/ground.js";
import { scaleOf } from "../../static/js/viewer/overlays.js";

const northUp = [[10, 51], [11, 51], [11, 50], [10, 50]];

test("the corners are the corners, and the middle is between them", () => {
  assert.deepEqual(lonlatAt(northUp, [0, 0], 100, 200), [10, 51]);
  assert.deepEqual(lonlatAt(northUp, [200, 100], 100, 200), [11, 50]);
  assert.deepEqual(lonlatAt(northUp, [100, 50], 100, 200), [10.5, 50.5]);
});

test("a pixel lies on the ground where the map projection puts it", () => {
  const { places } = JSON.parse(readFileSync(new URL("../fixtures/ground.json", import.meta.url), "utf8"));
  for (const { crs, affine, pixel, lonlat } of places) {
    const found = groundAt({ crs, affine, lonlat_corners: null }, pixel, 1, 1);
    for (const axis of [0, 1]) assert.ok(Math.abs(found[axis] - lonlat[axis]) < 2e-8, `${crs} ${pixel}: ${found}`);
  }
});

test("in another projection the corners tell, and without any nothing does", () => {
  const ground = { crs: "EPSG:31467", affine: [1, 0, 0, 0, 1, 0], lonlat_corners: northUp };
  assert.deepEqual(groundAt(ground, [100, 50], 100, 200), [10.5, 50.5]);
  assert.equal(groundAt({ ...ground, crs: "LOCAL_CS[]", lonlat_corners: null }, [1, 1], 100, 200), null);
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
