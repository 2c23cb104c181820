import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { firstGamma, limitsAt, SHARES } from "../../static/js/viewer/contrast.js";
import { Look } from "../../static/js/viewer/look.js";
import { coloursOf, PALETTES, rampOf } from "../../static/js/viewer/palettes.js";

const even = { low: -20, high: 5.6, counts: Array.from({ length: 256 }, () => 10) };

test("limits leave out the named share of the values at each end", () => {
  for (const share of SHARES) {
    const [from, to] = share.split("-").map(Number);
    const [low, high] = limitsAt(even, share);
    assert.ok(Math.abs(low - (-20 + 0.256 * from)) < 1e-9 && Math.abs(high - (-20 + 0.256 * to)) < 1e-9, share);
  }
  const sea = { low: 0, high: 256, counts: Array.from({ length: 256 }, (_, at) => (at === 3 ? 1000 : at === 200 ? 5 : 0)) };
  assert.deepEqual(limitsAt(sea, "0-100"), [3, 201]);
  const [low, high] = limitsAt(sea, "5-95");
  assert.ok(low >= 3 && low < high && high <= 4.1);
  assert.deepEqual(limitsAt({ low: 0, high: 1, counts: [] }, "2-98"), [1, 2]);
});

test("each percentile that is offered is one that is kept", () => {
  const { percentiles } = JSON.parse(readFileSync(new URL("../fixtures/percentiles.json", import.meta.url), "utf-8"));
  assert.deepEqual(new Set(SHARES.flatMap((share) => share.split("-").map(Number))), new Set(percentiles));
});

test("percentiles that were kept are exact where bins are not, and limits differ all the same", () => {
  const tail = { low: 0, high: 25_600, counts: [9_990, ...Array.from({ length: 254 }, () => 0), 10], percentiles: { "2": 11.5, "98": 173, "5": 12, "95": 12 } };
  assert.deepEqual(limitsAt(tail, "2-98"), [11.5, 173]);
  assert.deepEqual(limitsAt(tail, "5-95"), [12, 112]);
  assert.ok(limitsAt(tail, "0-100")[1] > 25_000, "what was not kept is counted");
});

test("a look is kept as what differs, and strange settings are passed over", () => {
  assert.deepEqual(Look.of(null).settings(), {});
  const settings = { palette: "magma", share: "2-98", brightness: 1.5, is_smooth: false };
  assert.deepEqual(Look.of(settings).settings(), settings);
  assert.deepEqual(Look.of({ palette: "jet", share: "3-4", brightness: "much", mode: 7, fixed: { low: 2, high: 1, unit: "dn" } }).settings(), {});
});

test("percentiles fit each image, and fixed limits those of their unit alone", () => {
  const image = { unit: "relative_db", limits: [-15, 0], histogram: even };
  const look = Look.of({ share: "5-95", fixed: { low: -9, high: -1, unit: "relative_db" } });
  assert.deepEqual(look.limitsOf(image), [-9, -1]);
  assert.deepEqual(look.limitsOf({ ...image, unit: "dn" }), limitsAt(even, "5-95"));
  assert.deepEqual(Look.of({}).limitsOf(image), [-15, 0]);
});

/** Lightness L* of an sRGB colour. */
function lightnessOf(colour) {
  const [red, green, blue] = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
}

test("palettes rise evenly in lightness", () => {
  for (const palette of PALETTES) {
    const lightness = coloursOf(palette, 18).map(lightnessOf);
    const mean = (lightness.at(-1) - lightness[0]) / 17;
    for (let at = 1; at < 18; at += 1) {
      const step = lightness[at] - lightness[at - 1];
      // Below 8 the eye sees no lightness to speak of.
      if (lightness[at] > 8) assert.ok(step > 0.6 * mean && step < 1.4 * mean, `${palette} ${at}: ${step} of ${mean}`);
    }
  }
  assert.deepEqual(coloursOf("grey").map(([red]) => red), Array.from({ length: 256 }, (_, at) => at));
});

test("the ramp is inverted and bent as the image is", () => {
  const plain = rampOf("grey", { gamma: 1, isInverted: false });
  assert.match(plain, /^linear-gradient\(to right, rgb\(0 0 0\), .*rgb\(255 255 255\)\)$/);
  assert.match(rampOf("grey", { gamma: 1, isInverted: true }), /right, rgb\(255 255 255\).*rgb\(0 0 0\)\)$/);
  assert.notEqual(rampOf("grey", { gamma: 2, isInverted: false }), plain);
});

test("dark amplitudes are lifted and decibels left", () => {
  const histogram = { low: 0, high: 256, counts: [...Array(4).fill(0), ...Array(4).fill(1000), ...Array(248).fill(10)] };
  assert.equal(firstGamma({ unit: "dn", limits: [3, 250], histogram }), 2);
  assert.equal(firstGamma({ unit: "dn", limits: [3, 250], histogram: { ...histogram, counts: Array(256).fill(10) } }), 1);
  assert.equal(firstGamma({ unit: "relative_db", limits: [3, 250], histogram }), 1);
});
