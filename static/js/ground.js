// @ts-check
/**
 * Ground coordinates of a pixel, from the longitudes and latitudes of the four corners.
 *
 * Bilinear between the corners: exact for scenes in longitude and latitude, and within a metre for projected scenes of a
 * few kilometres, which is finer than the readout prints. Nothing measures with it.
 */

/** @typedef {[number, number]} Point */

const DEGREE = Math.PI / 180;

/**
 * Longitude and latitude at a pixel coordinate.
 * @param {Point[]} corners top left, top right, bottom right, bottom left
 * @param {Point} point x and y in pixels
 * @param {number} rows
 * @param {number} cols
 * @returns {Point}
 */
export function lonlatAt([topLeft, topRight, bottomRight, bottomLeft], [x, y], rows, cols) {
  const [u, v] = [x / cols, y / rows];
  /** @param {0 | 1} axis */
  const mix = (axis) =>
    (1 - v) * ((1 - u) * topLeft[axis] + u * topRight[axis]) + v * ((1 - u) * bottomLeft[axis] + u * bottomRight[axis]);
  return [mix(0), mix(1)];
}

/**
 * The bearing, clockwise from north in degrees, of the way up the screen at the centre of the image.
 * @param {Point[]} corners
 * @returns {number}
 */
export function bearingUp(corners) {
  const top = lonlatAt(corners, [0.5, 0], 1, 1);
  const bottom = lonlatAt(corners, [0.5, 1], 1, 1);
  const latitude = (top[1] + bottom[1]) / 2;
  const east = (top[0] - bottom[0]) * Math.cos(latitude * DEGREE);
  return (Math.atan2(east, top[1] - bottom[1]) / DEGREE + 360) % 360;
}

/** @param {Point} lonlat */
export function lonlatText([lon, lat]) {
  const northing = `${Math.abs(lat).toFixed(5)}° ${lat < 0 ? "S" : "N"}`;
  return `${northing} ${Math.abs(lon).toFixed(5)}° ${lon < 0 ? "W" : "E"}`;
}
