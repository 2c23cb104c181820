// @ts-check
/** How bright a scene is at first. */

/** @typedef {import("../review/contract").Scene} Scene */

/** Where the middle of the values is to lie between black and white, and how far gamma goes for it. */
const MIDDLE_GREY = 0.25;
const HIGHEST_GAMMA = 2;

/**
 * The median of what lies above the lower limit: seas of zeros are no picture.
 * @param {Scene["histogram"]} histogram
 * @param {number} floor
 */
function medianOf({ low, high, counts }, floor) {
  const step = (high - low) / Math.max(1, counts.length);
  const from = Math.max(0, Math.floor((floor - low) / step + 1e-9) + 1);
  const half = counts.slice(from).reduce((sum, count) => sum + count, 0) / 2;
  let sum = 0;
  for (let at = from; at < counts.length; at += 1) {
    sum += counts[at] ?? 0;
    if (sum >= half) return low + (at + 0.5) * step;
  }
  return high;
}

/**
 * Digital numbers are mostly amplitudes: between limits that hold the bright targets, ground and sea are all but black. A
 * gamma then lifts their middle; the toolbar says which. Decibels need none.
 * @param {Scene} scene
 * @returns {number} at least 1, in steps of 0.1
 */
export function firstGamma({ unit, limits, histogram }) {
  if (unit !== "dn") return 1;
  const share = (medianOf(histogram, limits[0]) - limits[0]) / Math.max(1e-9, limits[1] - limits[0]);
  if (!(share > 0 && share < 1)) return 1;
  const wanted = Math.log(share) / Math.log(MIDDLE_GREY);
  return Math.round(Math.min(HIGHEST_GAMMA, Math.max(1, wanted)) * 10) / 10;
}
