// @ts-check
/** What each panel shows, in a line over it. */

/** @typedef {import("./contract").Scene} Scene */

/** Metres a pixel: one figure where rows and columns agree to a hundredth. @param {[number, number] | null} spacing_m */
function spacingText(spacing_m) {
  if (!spacing_m) return null;
  const [down, across] = spacing_m.map((spacing) => Number(spacing.toPrecision(3)));
  return Math.abs(spacing_m[0] / spacing_m[1] - 1) < 0.01 ? `${across} m` : `${down} × ${across} m`;
}

/** To the minute, as the source states it. @param {string | null} moment ISO 8601 */
const momentText = (moment) => moment && moment.replace("T", " ").replace(/^(\d{4}-\d\d-\d\d \d\d:\d\d).*?(Z?)$/, "$1$2");

/** @param {(string | null | false | undefined)[]} parts */
const joined = (...parts) => parts.filter(Boolean).join(" · ");

/**
 * @param {Scene} scene
 * @param {string | null} polarisation the one that is shown
 */
export function sarTag(scene, polarisation) {
  const incidence = scene.incidence_deg !== null && `${Math.round(scene.incidence_deg)}° incidence`;
  return joined("SAR", scene.sensor, scene.band, polarisation, spacingText(scene.pixel_spacing_m), incidence, momentText(scene.sar_acquired_at));
}

/** @param {Scene} scene */
export const opticalTag = (scene) => joined("Optical", scene.optical_sensor, scene.optical_note, momentText(scene.optical_acquired_at));
