// @ts-check
/** Between which values a scene is shown, and how bright it is at first. */

/** @typedef {import("../review/contract").Histogram} Histogram */
/** @typedef {import("../review/contract").Unit} Unit */
/** @typedef {"0-100" | "0.5-99.5" | "1-99" | "2-98" | "5-95"} Share percentiles of the scene's values */

/** @type {Share[]} */
export const SHARES = ["0-100", "0.5-99.5", "1-99", "2-98", "5-95"];

/**
 * The value below which this many percent of the values lie. Of scenes that were imported before such values were kept it
 * is counted from the bins, in which they are taken to lie evenly: true to 1/256 of the range.
 * @param {Histogram} histogram
 * @param {number} percent
 */
const valueBelow = (histogram, percent) => histogram.percentiles?.[String(percent)] ?? countedBelow(histogram, percent / 100);

/**
 * @param {Histogram} histogram
 * @param {number} share 0 to 1
 */
function countedBelow({ low, high, counts }, share) {
  const step = (high - low) / Math.max(1, counts.length);
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  let sum = 0;
  for (const [at, count] of counts.entries()) {
    if (count > 0 && sum + count >= wanted) return low + (at + (wanted - sum) / count) * step;
    sum += count;
  }
  return high;
}

/**
 * The limits that leave out a share of the values at each end.
 * @param {Histogram} histogram
 * @param {Share} share
 * @returns {[number, number]} never equal
 */
export function limitsAt(histogram, share) {
  const [from = 0, to = 100] = share.split("-").map(Number);
  const [low, high] = [valueBelow(histogram, from), valueBelow(histogram, to)];
  return [low, high > low ? high : low + (histogram.high - histogram.low) / Math.max(1, histogram.counts.length)];
}

/** Where the middle of the values is to lie between black and white, and how far gamma goes for it. */
const MIDDLE_GREY = 0.25;
const HIGHEST_GAMMA = 2;

/**
 * The median of what lies above the lower limit: seas of zeros are no picture.
 * @param {Histogram} histogram
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
 * @param {{ unit: Unit, limits: [number, number], histogram: Histogram }} image
 * @returns {number} at least 1, in steps of 0.1
 */
export function firstGamma({ unit, limits, histogram }) {
  if (unit !== "dn") return 1;
  const share = (medianOf(histogram, limits[0]) - limits[0]) / Math.max(1e-9, limits[1] - limits[0]);
  if (!(share > 0 && share < 1)) return 1;
  const wanted = Math.log(share) / Math.log(MIDDLE_GREY);
  return Math.round(Math.min(HIGHEST_GAMMA, Math.max(1, wanted)) * 10) / 10;
}
