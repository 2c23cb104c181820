// @ts-check
/**
 * Pixel coordinates and map coordinates, converted here and nowhere else.
 *
 * Pixels: x to the right, y down, (0, 0) the outer corner of the top left pixel; pixel (row, col) covers
 * col ≤ x < col + 1, row ≤ y < row + 1. Map: the pixel projection of OpenLayers, y up, (0, 0) at the bottom left.
 */

/** @typedef {[number, number]} Point */

/**
 * The map coordinate of a pixel coordinate, and back: the flip is its own inverse.
 * @param {Point} point
 * @param {number} rows
 * @returns {Point}
 */
export function flip([x, y], rows) {
  return [x, rows - y];
}

/**
 * The map extent `[min x, min y, max x, max y]` of a box `[x_min, y_min, width, height]` in pixels.
 * @param {{ x_min: number, y_min: number, width: number, height: number }} box
 * @param {number} rows
 * @returns {[number, number, number, number]}
 */
export function extentOf(box, rows) {
  const [left, top] = flip([box.x_min, box.y_min], rows);
  const [right, bottom] = flip([box.x_min + box.width, box.y_min + box.height], rows);
  return [left, bottom, right, top];
}

/**
 * An offset in pixels, `[row, col]` downwards and to the right, as a shift in map coordinates.
 * @param {[number, number]} offset_px
 * @returns {Point}
 */
export function mapShift([down, right]) {
  return [right, down === 0 ? 0 : -down];
}

/**
 * The pixel that holds a map coordinate, or null outside the image.
 * @param {Point} coordinate
 * @param {number} rows
 * @param {number} cols
 * @returns {{ row: number, col: number } | null}
 */
export function pixelAt(coordinate, rows, cols) {
  const [x, y] = flip(coordinate, rows);
  const row = Math.floor(y);
  const col = Math.floor(x);
  return row >= 0 && col >= 0 && row < rows && col < cols ? { row, col } : null;
}
