// @ts-check
/** The image layers: values go to the graphics card as they are stored; limits and gamma are variables of the shader. */

import { READ_OPTIONS } from "./assets.js";

/** @typedef {import("./assets.js").Source} Source */
/** @typedef {{ low: number, high: number, gamma: number, invert: number }} Stretch in stored values */

/**
 * @param {Source} source
 * @param {import("ol/proj/Projection").default} projection
 * @param {{ interpolate: boolean, normalize: boolean, nodata?: number | null }} how
 */
function makeSource(source, projection, how) {
  const info = {
    ...("blob" in source ? { blob: source.blob } : { url: source.url }),
    ...(how.normalize ? { min: 0, max: 255 } : {}),
    ...(typeof how.nodata === "number" ? { nodata: how.nodata } : {}),
  };
  return new ol.source.GeoTIFF({
    sources: [info],
    sourceOptions: READ_OPTIONS,
    projection,
    normalize: how.normalize,
    interpolate: how.interpolate,
    transition: 0,
  });
}

/**
 * Draw the image moved: its tiles, at all their resolutions, begin at another place; the file is read as ever.
 * @param {import("ol/source/GeoTIFF").default} source
 * @param {[number, number]} shift in map coordinates, x to the right and y up
 */
function move(source, [x, y]) {
  const onReady = () => {
    const grid = source.getTileGrid();
    if (source.getState() !== "ready" || !grid) return;
    source.removeEventListener("change", onReady);
    const [left = 0, bottom = 0, right = 0, top = 0] = grid.getExtent() ?? [];
    const zooms = grid.getResolutions().map((_, zoom) => zoom);
    const moved = new ol.tilegrid.TileGrid({
      extent: [left + x, bottom + y, right + x, top + y],
      minZoom: grid.getMinZoom(),
      origin: [left + x, top + y],
      resolutions: grid.getResolutions(),
      tileSizes: zooms.map((zoom) => grid.getTileSize(zoom)),
    });
    /** @type {any} */ (source).tileGrid = moved;
  };
  // Before the layer, which draws at the same event, has looked at the grid.
  source.addEventListener("change", onReady);
}

/** What OpenLayers writes into the band that it adds where no data are told; elsewhere in that band is 0. */
const HAS_DATA = 255;

/**
 * Grey between the limits: `((value - low) / (high - low)) ^ (1 / gamma)`, inverted on wish.
 *
 * Beside pixels without data the graphics card mixes the value with 0, which in decibels is bright: a seam of targets that
 * are not there. The share of data is mixed in the same way, so their quotient is the value of the data alone.
 * @param {Stretch} variables
 * @param {boolean} hasNoData
 */
function greyStyle(variables, hasNoData = false) {
  const range = ["-", ["var", "high"], ["var", "low"]];
  const data = ["/", ["band", 2], HAS_DATA];
  const value = hasNoData ? ["/", ["band", 1], ["clamp", data, 0.001, 1]] : ["band", 1];
  const share = ["clamp", ["/", ["-", value, ["var", "low"]], range], 0, 1];
  const bent = ["^", share, ["/", 1, ["var", "gamma"]]];
  const grey = ["+", ["var", "invert"], ["*", ["-", 1, ["*", 2, ["var", "invert"]]], bent]];
  return { variables: { ...variables }, color: ["array", grey, grey, grey, hasNoData ? ["case", [">=", data, 0.5], 1, 0] : 1] };
}

/**
 * @param {Source} source
 * @param {import("ol/proj/Projection").default} projection
 * @param {{ interpolate: boolean, nodata: number | null, stretch: Stretch }} how
 */
export function sarLayer(source, projection, { interpolate, nodata, stretch }) {
  return new ol.layer.WebGLTile({
    source: makeSource(source, projection, { interpolate, nodata, normalize: false }),
    style: greyStyle(stretch, nodata !== null),
  });
}

/**
 * An 8-bit image. `stretch` only for one of a single band; `shift` in map coordinates.
 * @param {Source} source
 * @param {import("ol/proj/Projection").default} projection
 * @param {{ interpolate: boolean, stretch?: Stretch, shift?: [number, number] }} how
 */
export function byteLayer(source, projection, { interpolate, stretch, shift }) {
  const made = makeSource(source, projection, { interpolate, normalize: true });
  if (shift && (shift[0] || shift[1])) move(made, shift);
  return new ol.layer.WebGLTile({
    source: made,
    ...(stretch ? { style: greyStyle(stretch) } : {}),
  });
}

/**
 * The edge of the image: a dark sea, or ground without data, does not show where it ends.
 * @param {[number, number, number, number]} extent
 */
export function frameLayer(extent) {
  const stroke = new ol.style.Stroke({ color: "rgba(255, 255, 255, 0.28)", width: 1 });
  const [left, bottom, right, top] = extent;
  const ring = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]];
  const source = new ol.source.Vector({ features: [new ol.Feature(new ol.geom.Polygon([ring]))] });
  return new ol.layer.Vector({ source, style: new ol.style.Style({ stroke }), zIndex: 5, updateWhileInteracting: true });
}

/** Whether this browser can draw the layers. */
export function hasWebGL() {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}
