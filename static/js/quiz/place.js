// @ts-check
/** What of a picture is in sight. Pure: all in shares of the frame, which shows the whole picture at zoom 1. */

/** @typedef {{ zoom: number, x: number, y: number }} Place `x`, `y`: the share of the picture at the frame's left and upper edge */

export const MOST_ZOOM = 16;

/** @type {Place} */
export const WHOLE = { zoom: 1, x: 0, y: 0 };

/** Nothing but the picture is in sight. @param {Place} place @returns {Place} */
export function held({ zoom, x, y }) {
  const near = Math.min(MOST_ZOOM, Math.max(1, zoom));
  const most = 1 - 1 / near;
  return { zoom: near, x: Math.min(most, Math.max(0, x)), y: Math.min(most, Math.max(0, y)) };
}

/**
 * Nearer by a factor, while the point of the picture at `(u, v)` of the frame stays where it is.
 * @param {Place} place
 * @param {number} factor
 * @param {number} u
 * @param {number} v
 */
export function zoomed({ zoom, x, y }, factor, u = 0.5, v = 0.5) {
  const near = Math.min(MOST_ZOOM, Math.max(1, zoom * factor));
  return held({ zoom: near, x: x + u / zoom - u / near, y: y + v / zoom - v / near });
}

/**
 * Moved along with a hand that went by these shares of the frame.
 * @param {Place} place
 * @param {number} right
 * @param {number} down
 */
export const moved = ({ zoom, x, y }, right, down) => held({ zoom, x: x - right / zoom, y: y - down / zoom });
