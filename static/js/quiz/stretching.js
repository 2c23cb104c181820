// @ts-check
/** Brightness and contrast of an 8-bit picture. Pure. */

/** @typedef {{ brightness: number, cut: number }} Look `brightness`: gamma; `cut`: percent of the values left out at each end */

export const CUTS = [0, 0.5, 1, 2, 5, 10, 20];
/** @type {Look} */
export const PLAIN = { brightness: 1, cut: 0 };

/**
 * How often each value is there, for a pixel its greenest. What is black is not counted: beside the scene there is nothing.
 * @param {Uint8ClampedArray} rgba
 */
export function counted(rgba) {
  const counts = new Uint32Array(256);
  for (let at = 1; at < rgba.length; at += 4) counts[rgba[at] ?? 0] = (counts[rgba[at] ?? 0] ?? 0) + 1;
  counts[0] = 0;
  return counts;
}

/**
 * The values between which the picture is stretched.
 * @param {Uint32Array} counts
 * @param {number} cut percent
 * @returns {[number, number]} never equal
 */
export function limitsOf(counts, cut) {
  if (cut <= 0) return [0, 255];
  const least = (counts.reduce((sum, count) => sum + count, 0) * cut) / 100;
  const edge = (/** @type {(at: number) => number} */ valueAt) => {
    let sum = 0;
    for (let at = 0; at < 256; at += 1) {
      sum += counts[valueAt(at)] ?? 0;
      if (sum > least) return valueAt(at);
    }
    return valueAt(255);
  };
  const low = edge((at) => at);
  const high = edge((at) => 255 - at);
  return high > low ? [low, high] : [low, low + 1];
}

/**
 * What each value is shown as.
 * @param {[number, number]} limits
 * @param {number} brightness
 */
export function tableOf([low, high], brightness) {
  return Uint8ClampedArray.from({ length: 256 }, (_, value) => {
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return Math.round(255 * share ** (1 / brightness));
  });
}
