// @ts-check
/** The processed image beside each prediction, drawn when it comes into sight; one that cannot be read stays empty. */

import { openFile } from "../viewer/assets.js";

/**
 * Draw the smallest overview that still has every pixel of the canvas.
 * @param {HTMLCanvasElement} canvas
 */
async function draw(canvas) {
  const file = await openFile({ url: new URL(canvas.dataset.asset ?? "", location.href).href });
  const width = canvas.width * Math.min(2, devicePixelRatio);
  let image = await file.getImage(0);
  const shape = image.getHeight() / image.getWidth();
  for (let at = 1; at < (await file.getImageCount()); at += 1) {
    const smaller = await file.getImage(at);
    if (smaller.getWidth() >= width && smaller.getWidth() < image.getWidth()) image = smaller;
  }
  const [cols, rows] = [Math.round(width), Math.max(1, Math.round(width * shape))];
  const bands = /** @type {ArrayLike<number>[]} */ (
    /** @type {unknown} */ (await image.readRasters({ width: cols, height: rows, interleave: false }))
  );
  const picture = new ImageData(cols, rows);
  for (let at = 0; at < cols * rows; at += 1) {
    const value = Number(bands[0]?.[at] ?? 0);
    picture.data.set([value, value, value, 255], at * 4);
  }
  [canvas.width, canvas.height] = [cols, rows];
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
}

const sight = new IntersectionObserver(
  (seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting || !(target instanceof HTMLCanvasElement)) continue;
      sight.unobserve(target);
      draw(target).then(
        () => (target.dataset.drawn = "true"),
        () => target.setAttribute("aria-label", `${target.getAttribute("aria-label")}, which cannot be read`),
      );
    }
  },
  { rootMargin: "400px" },
);
for (const canvas of document.querySelectorAll("canvas[data-asset]")) sight.observe(canvas);
