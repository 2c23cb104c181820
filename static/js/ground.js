// @ts-check
/**
 * Ground coordinates of a pixel: through the scene's affine and its map projection, where that is UTM, Mercator's, or
 * longitude and latitude themselves. In others bilinear between the corners: within a metre for scenes of a few kilometres,
 * which is finer than the readout prints, but off by many for scenes of a hundred. Nothing measures with it.
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

/** WGS 84: the semi-major axis in metres and the third flattening; GRS 80 differs by a tenth of a millimetre. */
const RADIUS_M = 6_378_137;
const FLATTENING = 1 / 298.257223563;
const N = FLATTENING / (2 - FLATTENING);
const RECTIFYING_M = (RADIUS_M / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
/** Krüger's series, to a millimetre within a zone. */
const BETA = [N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3, N ** 2 / 48 + N ** 3 / 15, (17 / 480) * N ** 3];
const DELTA = [2 * N - (2 / 3) * N ** 2 - 2 * N ** 3, (7 / 3) * N ** 2 - (8 / 5) * N ** 3, (56 / 15) * N ** 3];

/**
 * @param {number} zone
 * @param {boolean} isSouth
 * @param {Point} metres east and north
 * @returns {Point} longitude and latitude
 */
function fromUtm(zone, isSouth, [east, north]) {
  const xi = (north - (isSouth ? 1e7 : 0)) / (0.9996 * RECTIFYING_M);
  const eta = (east - 5e5) / (0.9996 * RECTIFYING_M);
  const [up, out] = BETA.reduce(
    ([u, v], beta, at) => {
      const turn = 2 * (at + 1);
      return [u - beta * Math.sin(turn * xi) * Math.cosh(turn * eta), v - beta * Math.cos(turn * xi) * Math.sinh(turn * eta)];
    },
    [xi, eta],
  );
  const chi = Math.asin(Math.sin(up ?? 0) / Math.cosh(out ?? 0));
  const latitude = DELTA.reduce((sum, delta, at) => sum + delta * Math.sin(2 * (at + 1) * chi), chi);
  const longitude = Math.atan2(Math.sinh(out ?? 0), Math.cos(up ?? 0));
  return [zone * 6 - 183 + longitude / DEGREE, latitude / DEGREE];
}

/** @param {Point} metres @returns {Point} */
const fromMercator = ([east, north]) => [east / RADIUS_M / DEGREE, Math.atan(Math.sinh(north / RADIUS_M)) / DEGREE];

/**
 * @param {string} crs `EPSG:32631`, or well-known text
 * @returns {((metres: Point) => Point) | null} null where only the corners tell
 */
function inverseOf(crs) {
  const code = Number(/^EPSG:(\d+)$/.exec(crs)?.[1] ?? 0);
  if (code === 4326) return (point) => point;
  if (code === 3857) return fromMercator;
  const zone = code % 100;
  const isNorth = code - zone === 32600 || (code - zone === 25800 && zone >= 28 && zone <= 38);
  if (zone < 1 || zone > 60 || !(isNorth || code - zone === 32700)) return null;
  return (point) => fromUtm(zone, !isNorth, point);
}

/**
 * Longitude and latitude at a pixel coordinate of a scene.
 * @param {{ crs: string, affine: number[], lonlat_corners: Point[] | null }} ground
 * @param {Point} point x and y in pixels
 * @param {number} rows
 * @param {number} cols
 * @returns {Point | null} null on a grid that has no place on Earth
 */
export function groundAt({ crs, affine, lonlat_corners: corners }, point, rows, cols) {
  const inverse = inverseOf(crs);
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0] = affine;
  const [x, y] = point;
  if (inverse) return inverse([a * x + b * y + c, d * x + e * y + f]);
  return corners && lonlatAt(corners, point, rows, cols);
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
