// @ts-check
/** Fills that differ by their marks as well as by colour, so that a chart can be read without telling colours apart. */

const SIZE = 8;

/** Each draws lines over a tile of SIZE × SIZE; the first is plain. @type {((draw: CanvasRenderingContext2D) => void)[]} */
const MARKS = [
  () => {},
  (draw) => lines(draw, [[0, SIZE, SIZE, 0], [-1, 1, 1, -1], [SIZE - 1, SIZE + 1, SIZE + 1, SIZE - 1]]),
  (draw) => lines(draw, [[0, SIZE / 2, SIZE, SIZE / 2]]),
  (draw) => lines(draw, [[SIZE / 2, 0, SIZE / 2, SIZE]]),
  (draw) => draw.fillRect(SIZE / 2 - 1, SIZE / 2 - 1, 2.5, 2.5),
  (draw) => lines(draw, [[0, 0, SIZE, SIZE], [-1, SIZE - 1, 1, SIZE + 1], [SIZE - 1, -1, SIZE + 1, 1]]),
  (draw) => lines(draw, [[0, SIZE / 2, SIZE, SIZE / 2], [SIZE / 2, 0, SIZE / 2, SIZE]]),
  (draw) => lines(draw, [[0, 0, SIZE, SIZE], [0, SIZE, SIZE, 0]]),
];

/**
 * @param {CanvasRenderingContext2D} draw
 * @param {number[][]} segments x, y, x, y
 */
function lines(draw, segments) {
  draw.beginPath();
  for (const [fromX = 0, fromY = 0, toX = 0, toY = 0] of segments) {
    draw.moveTo(fromX, fromY);
    draw.lineTo(toX, toY);
  }
  draw.stroke();
}

/**
 * The fill of the nth series.
 * @param {number} nth
 * @param {string} colour
 * @param {string} mark the colour of the marks, that of the ground
 * @returns {CanvasPattern | string}
 */
export function fill(nth, colour, mark) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = SIZE;
  const draw = tile.getContext("2d");
  if (!draw) return colour;
  draw.fillStyle = colour;
  draw.fillRect(0, 0, SIZE, SIZE);
  draw.strokeStyle = draw.fillStyle = mark;
  draw.lineWidth = 1.4;
  MARKS[nth % MARKS.length]?.(draw);
  return draw.createPattern(tile, "repeat") ?? colour;
}
